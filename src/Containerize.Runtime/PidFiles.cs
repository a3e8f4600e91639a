using System.Globalization;
using System.Text;

namespace Containerize.Runtime;

/// <summary>Files with a process id, for the engine that called us: written as a whole.</summary>
internal static class PidFiles
{
    /// <summary>Writes one.</summary>
    public static void Write(string path, int pid) =>
        FileSystem.Replace(Descriptor.WorkingDirectory, path, Encoding.ASCII.GetBytes(pid.ToString(CultureInfo.InvariantCulture)), 0b110_100_100);
}
