using System.Globalization;

namespace Containerize.Runtime.Cgroups;

/// <summary>A value that will be written to a file of a cgroup.</summary>
/// <param name="Controller">The controller that the file belongs to.</param>
/// <param name="File">The file's name.</param>
/// <param name="Value">What is written.</param>
internal sealed record ResourceWrite(string Controller, string File, string Value)
{
    /// <summary>Whether nothing is lost where the kernel has no such file.</summary>
    public bool IfPresent { get; init; }

    /// <summary>Whether the kernel may refuse the value beside another's old one, so that it is tried again after the controller's last.</summary>
    public bool AgainIfInvalid { get; init; }

    /// <summary>Whether the kernel bends the value into its range silently, so that it is read back.</summary>
    public bool ReadBack { get; init; }

    /// <summary>What is written where the kernel has no such file.</summary>
    public ResourceWrite? Otherwise { get; init; }

    /// <summary>A number as the kernel reads it.</summary>
    public static string Text<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString()
    {
        var marks = (IfPresent ? " (if present)" : "") + (AgainIfInvalid ? " (again if invalid)" : "") + (ReadBack ? " (read back)" : "");
        var line = $"{Controller} {File} {Value}{marks}";
        return Otherwise is null ? line : $"{line} or {Otherwise}";
    }
}
