using System.Globalization;

namespace Containerize.Tool.Reports;

/// <summary>Sizes for people, in powers of 1000 as registries and docker show them.</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["kB", "MB", "GB", "TB"];

    internal static string Of(long bytes)
    {
        if (bytes < 1000)
        {
            return $"{bytes} B";
        }

        var size = (double)bytes;
        var unit = -1;
        // What would be rounded to 1000 is the next unit's 1.
        while (size >= 999.5 && unit < Units.Length - 1)
        {
            size /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{size.ToString(size < 99.95 ? "0.0" : "0", CultureInfo.InvariantCulture)} {Units[unit]}");
    }
}
