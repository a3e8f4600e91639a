namespace Containerize.Containers;

/// <summary>What a monitor writes to the descriptor that it was started with, which it closes then.</summary>
internal static class MonitorReadiness
{
    /// <summary>It can be talked to; any other words say what went wrong, and none that it was ended.</summary>
    public const string Ready = "0";

    /// <summary>The words after which nothing is left to be said; null where it can be talked to.</summary>
    public static string? Refusal(ReadOnlySpan<byte> words)
    {
        var text = System.Text.Encoding.UTF8.GetString(words).Trim();
        return text == Ready ? null : text.Length == 0 ? "its monitor ended without a word" : text.TrimEnd('.');
    }
}
