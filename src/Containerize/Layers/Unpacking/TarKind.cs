namespace Containerize.Layers.Unpacking;

/// <summary>What an entry of a tar makes.</summary>
internal enum TarKind
{
    File,
    Directory,
    SymbolicLink,
    HardLink,
    CharacterDevice,
    BlockDevice,
    Fifo,
}
