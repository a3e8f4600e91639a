namespace Containerize.Linux;

/// <summary>Names of signals (signal(7)).</summary>
internal static class SignalNames
{
    /// <summary>The highest number.</summary>
    public const int Last = 64;

    private static readonly string[] Names =
    [
        "", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM", "STKFLT", "CHLD",
        "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS",
    ];

    /// <summary>A number, a name, or a name with SIG before it; also RTMIN+n and RTMAX-n. Null where it is none.</summary>
    public static int? Parse(string text)
    {
        if (int.TryParse(text, out var number))
        {
            return number is >= 0 and <= Last ? number : null;
        }

        var name = text.ToUpperInvariant();
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        if (name.StartsWith("RTMIN", StringComparison.Ordinal))
        {
            return Offset(name[5..], 34, 1);
        }

        if (name.StartsWith("RTMAX", StringComparison.Ordinal))
        {
            return Offset(name[5..], Last, -1);
        }

        name = name switch { "IOT" => "ABRT", "CLD" => "CHLD", "POLL" => "IO", _ => name };
        var index = Array.IndexOf(Names, name);
        return index > 0 ? index : null;
    }

    /// <summary>What a signal says of whom it has ended, as strsignal(3) has it; null for what ends nobody, or has no words.</summary>
    public static string? Describe(int signal) => signal switch
    {
        1 => "hangup",
        2 => "interrupt",
        3 => "quit",
        4 => "illegal instruction",
        5 => "trace/breakpoint trap",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        9 => "killed",
        10 => "user defined signal 1",
        11 => "segmentation fault",
        12 => "user defined signal 2",
        13 => "broken pipe",
        14 => "alarm clock",
        15 => "terminated",
        24 => "CPU time limit exceeded",
        25 => "file size limit exceeded",
        31 => "bad system call",
        _ => null,
    };

    private static int? Offset(string text, int from, int sign) =>
        text.Length == 0 ? from : int.TryParse(text, out var offset) && offset * sign >= 0 && from + offset is >= 34 and <= Last ? from + offset : null;
}
