using System.Globalization;

namespace Containerize.Tool.Containers;

/// <summary>Something that has happened to a container.</summary>
/// <param name="Time">When.</param>
/// <param name="Action">What (<see cref="Containerize.Containers.EventRecord"/>).</param>
/// <param name="Id">To which.</param>
/// <param name="Name">Its name.</param>
/// <param name="Image">Its image.</param>
/// <param name="ExitCode">How it ended.</param>
internal sealed record ContainerEvent(DateTimeOffset Time, string Action, string Id, string Name, string Image, int? ExitCode)
{
    /// <summary>As docker prints it.</summary>
    internal string Text
    {
        get
        {
            var code = ExitCode is { } number ? string.Create(CultureInfo.InvariantCulture, $"exitCode={number}, ") : "";
            return $"{Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'00'zzz", CultureInfo.InvariantCulture)} container {Action} {Id} ({code}image={Image}, name={Name})";
        }
    }
}
