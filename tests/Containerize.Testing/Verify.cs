using Snapshooter;
using Snapshooter.Xunit;

namespace Containerize.Testing;

/// <summary>The one seam to the snapshot library: whole texts against the file <c>__snapshots__/Class.Method.snap</c>.</summary>
/// <remarks>Verify.Xunit is what this is shaped after; moving to it is a change of this file.</remarks>
public static class Verify
{
    /// <summary>Compares a text with its snapshot; a part that tells several snapshots of one test apart may be given.</summary>
    public static void Text(string text, string? part = null)
    {
        var normalised = text.ReplaceLineEndings("\n");
        if (part is null)
        {
            Snapshot.Match(normalised);
        }
        else
        {
            Snapshot.Match(normalised, SnapshotNameExtension.Create(part));
        }
    }
}
