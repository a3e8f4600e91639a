using System.Globalization;
using System.Text;
using Containerize.Oci.Runtime;

namespace Containerize.Runtime.Steps;

/// <summary>The clocks of a new time namespace, set by the parent while nobody is in it (time_namespaces(7)).</summary>
internal static class TimeOffsets
{
    /// <summary>Writes the offsets for the children of a process.</summary>
    public static void Write(int pid, IReadOnlyDictionary<string, TimeOffset>? offsets)
    {
        if (offsets is null || offsets.Count == 0)
        {
            return;
        }

        var text = new StringBuilder();
        foreach (var (clock, offset) in offsets)
        {
            text.Append(CultureInfo.InvariantCulture, $"{clock} {offset.Secs} {offset.Nanosecs}\n");
        }

        Failure.Step("setting linux.timeOffsets", () => FileSystem.WriteText(Descriptor.WorkingDirectory, $"/proc/{pid}/timens_offsets", text.ToString()));
    }
}
