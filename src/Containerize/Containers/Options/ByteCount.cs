using System.Globalization;

namespace Containerize.Containers.Options;

/// <summary>Sizes as people write them: a number, and b, k, m, g or t after it, each 1024 times the one before.</summary>
public static class ByteCount
{
    private const string Units = "bkmgt";

    /// <summary>The size in bytes; CTZ5020 for another text.</summary>
    /// <param name="option">Whose value it is, for the error.</param>
    /// <param name="text">What was written.</param>
    public static long Parse(string option, string text)
    {
        var lower = text.Trim().ToLowerInvariant();
        var digits = lower.AsSpan().TrimEnd("ib").TrimEnd(Units);
        var unit = lower[digits.Length..].TrimEnd('b').TrimEnd('i');
        var power = unit.Length == 0 ? 0 : Units.IndexOf(unit[0], StringComparison.Ordinal);
        if (unit.Length > 1 || power < 0
            || !decimal.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            || number < -1)
        {
            throw OptionErrors.Wrong(option, text, "it is not a size", "Write for example 512m, 1.5g or a number of bytes.");
        }

        var bytes = number;
        for (var i = 0; i < power; i++)
        {
            bytes *= 1024;
        }

        return bytes <= long.MaxValue ? (long)bytes : throw OptionErrors.Wrong(option, text, "it is too large", "Write for example 512m.");
    }
}
