namespace Containerize.Layers.Unpacking;

/// <summary>An extended attribute of an entry (xattr(7)).</summary>
internal sealed record TarAttribute(byte[] Name, byte[] Value);
