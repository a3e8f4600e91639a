using System.Diagnostics;

namespace Containerize.Base.Maker;

/// <summary>A Debian command, run to its end.</summary>
internal static class Command
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Runs it and hands its standard output to a reader; fails with what it said on standard error.</summary>
    public static T Read<T>(string program, IReadOnlyList<string> arguments, Func<Stream, T> read, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        // What apt prints and how it sorts must not depend on who builds.
        start.Environment["LC_ALL"] = "C.UTF-8";
        using var process = Start(start);
        using var limit = new CancellationTokenSource(Limit);
        using var stop = limit.Token.Register(() => process.Kill(entireProcessTree: true));
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        T result;
        try
        {
            result = read(process.StandardOutput.BaseStream);
            process.StandardOutput.BaseStream.CopyTo(Stream.Null);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            process.Kill(entireProcessTree: true);
            throw new MakingFailed($"{program} {string.Join(' ', arguments)}: {e.Message} {errors.GetAwaiter().GetResult().Trim()}");
        }

        process.WaitForExit();
        return process.ExitCode == 0
            ? result
            : throw new MakingFailed(
                $"{program} {string.Join(' ', arguments)}: {(limit.IsCancellationRequested ? $"not done after {Limit}" : $"exit code {process.ExitCode}")}. "
                + errors.GetAwaiter().GetResult().Trim());
    }

    /// <summary>Runs it and returns its standard output.</summary>
    public static string Text(string program, IReadOnlyList<string> arguments, string? folder = null) =>
        Read(program, arguments, output => new StreamReader(output, leaveOpen: true).ReadToEnd(), folder);

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new MakingFailed($"{start.FileName} cannot be started ({e.Message}). The base is packed on Debian, with its own apt and dpkg.");
        }
    }
}
