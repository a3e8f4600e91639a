using Containerize.Storage;

namespace Containerize.Tool.Commands;

/// <summary>The local store, where the environment has it.</summary>
internal static class LocalImages
{
    internal static ImageStore Open(Terminal terminal) => new(StoragePaths.From(terminal.Variable));
}
