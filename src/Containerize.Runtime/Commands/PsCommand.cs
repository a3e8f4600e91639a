using System.Globalization;
using System.Text;
using Containerize.Runtime.Linux;

namespace Containerize.Runtime.Commands;

/// <summary>`ps`.</summary>
internal static class PsCommand
{
    /// <summary>Prints the processes of a container: their ids, or ps(1)'s own rows of them.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("ps", invocation.Words, [], ["format,f"]);
        var words = options.Expect(1, int.MaxValue, "the id of the container, and options of ps(1)");
        using var container = Container.Open(invocation.Root, words[0], change: false);
        using var cgroup = container.OpenCgroup();
        var processes = cgroup.Processes();
        return (options.Value("format") ?? "table") switch
        {
            "json" => Output.Write($"[{string.Join(',', processes)}]\n"),
            "table" => Output.Write(Table([.. words.Skip(1)], processes)),
            var other => throw Options.Bad("ps", $"invalid format option: {other}"),
        };
    }

    private static string Table(List<string> arguments, IReadOnlyList<int> processes)
    {
        const int MostBytes = 64 * 1024 * 1024;
        var path = Programs.Find("ps") ?? throw Failure.Of(6011, "listing processes", "ps is not installed", "Use --format json.");
        using var output = MemoryFile.Create("output");
        using var nothing = FileSystem.Open(Descriptor.WorkingDirectory, "/dev/null", OpenFlags.ReadOnly);
        using var child = ChildProcess.Start(path, ["ps", .. arguments.Count == 0 ? (List<string>)["-ef"] : arguments], ["PATH=/usr/bin:/bin"], nothing.Number, output.Number);
        var code = child.Wait();
        if (code != 0)
        {
            throw Failure.Of(6011, "listing processes", $"ps ended with {code}: {MemoryFile.Text(output)}");
        }

        Syscall.Try(SyscallNumber.Lseek, output.Number, 0, 0);
        var lines = Encoding.UTF8.GetString(FileSystem.ReadToEnd(output.Number, MostBytes, "output")).Split('\n');
        var column = Array.IndexOf(lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), "PID");
        if (column < 0)
        {
            throw Failure.Of(6011, "listing processes", "couldn't find PID field in ps output", "Choose options of ps(1) that show it.");
        }

        var text = new StringBuilder(lines[0]).Append('\n');
        foreach (var line in lines.Skip(1))
        {
            var fields = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > column && int.TryParse(fields[column], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && processes.Contains(pid))
            {
                text.Append(line).Append('\n');
            }
        }

        return text.ToString();
    }
}
