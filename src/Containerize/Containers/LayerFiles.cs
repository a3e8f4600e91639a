using System.Text;
using Containerize.Linux;

namespace Containerize.Containers;

/// <summary>Small files of unpacked layers that lie one upon another, without their being mounted.</summary>
internal static class LayerFiles
{
    private const int MaxBytes = 4 << 20;

    /// <summary>A file's text as a container sees it; null where there is none.</summary>
    /// <param name="layers">The layers, the lowest first.</param>
    /// <param name="path">The path from the root.</param>
    internal static string? TryReadText(IReadOnlyList<string> layers, string path)
    {
        for (var i = layers.Count - 1; i >= 0; i--)
        {
            using var root = FileSystem.Open(Descriptor.WorkingDirectory, layers[i], OpenFlags.PathOnly | OpenFlags.Directory);
            var opened = FileSystem.TryOpen(root.Number, path, OpenFlags.PathOnly | OpenFlags.NoFollow, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks);
            if (opened < 0)
            {
                continue;
            }

            using (var found = new Descriptor((int)opened))
            {
                // A whiteout: what is below it is not there.
                if (FileStatus.Of(found.Number) is { Type: FileStatus.Character, Device: 0 })
                {
                    return null;
                }
            }

            using var file = FileSystem.Open(root.Number, path, OpenFlags.ReadOnly | OpenFlags.NonBlocking, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks);
            return FileStatus.Of(file.Number).Type == FileStatus.Regular ? Encoding.UTF8.GetString(FileSystem.ReadToEnd(file.Number, MaxBytes, path)) : null;
        }

        return null;
    }
}
