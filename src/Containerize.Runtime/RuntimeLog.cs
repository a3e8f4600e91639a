using System.Globalization;
using System.Text;
using Containerize.Runtime.Documents;

namespace Containerize.Runtime;

/// <summary>Where errors are told: to standard error for people, and to --log in the form that engines read.</summary>
internal sealed class RuntimeLog
{
    /// <summary>The log file; null: none.</summary>
    public string? Path { get; init; }

    /// <summary>"text" or "json".</summary>
    public string Format { get; init; } = "text";

    /// <summary>Whether steps are told of.</summary>
    public bool IsDebug { get; init; }

    /// <summary>Tells of an error.</summary>
    public void Error(string message)
    {
        if (Path is { Length: > 0 })
        {
            Write("error", message);
            FileSystem.TryWrite(2, Encoding.UTF8.GetBytes(OneLine(message) + "\n"));
        }
        else
        {
            FileSystem.TryWrite(2, Encoding.UTF8.GetBytes(Line("error", message)));
        }
    }

    /// <summary>Tells of something that is no error, and not for standard error where there is a log.</summary>
    public void Warning(string message) => Tell("warning", message);

    /// <summary>Tells of a step, where that is wanted.</summary>
    public void Debug(string message)
    {
        if (IsDebug)
        {
            Tell("debug", message);
        }
    }

    private void Tell(string level, string message)
    {
        if (Path is { Length: > 0 })
        {
            Write(level, message);
        }
        else
        {
            FileSystem.TryWrite(2, Encoding.UTF8.GetBytes(Line(level, message)));
        }
    }

    private void Write(string level, string message)
    {
        var opened = FileSystem.TryOpen(Descriptor.WorkingDirectory, Path!, OpenFlags.WriteOnly | OpenFlags.Create | OpenFlags.Append, ResolveFlags.None, 0b110_100_100);
        if (opened < 0)
        {
            return;
        }

        using var file = new Descriptor((int)opened);
        FileSystem.TryWrite(file.Number, Encoding.UTF8.GetBytes(Line(level, message)));
    }

    private string Line(string level, string message)
    {
        var time = DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return Format == "json"
            ? Encoding.UTF8.GetString(RuntimeDocuments.Write(new LogLine { Level = level, Msg = message, Time = time })) + "\n"
            : $"time=\"{time}\" level={level} msg=\"{OneLine(message).Replace("\\", "\\\\").Replace("\"", "\\\"")}\"\n";
    }

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
