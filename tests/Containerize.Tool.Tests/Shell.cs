using System.Text;
using Containerize.Storage;
using Containerize.Testing;

namespace Containerize.Tool.Tests;

/// <summary>A user in a folder of his own, with a store of his own: types commands, sees what they write.</summary>
internal sealed class Shell : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _root;

    internal Shell() => _root = _folder["root"];

    /// <summary>One with a store that is there.</summary>
    internal Shell(string root) => _root = root;

    internal string Directory => _folder.Folder("work");

    internal StoragePaths Paths => StoragePaths.From(Variable);

    internal ImageStore Store => new(Paths);

    internal Dictionary<string, string> Variables { get; } = [];

    /// <summary>What he types when he is asked, a line each.</summary>
    internal Queue<string> Typed { get; } = [];

    internal string PathOf(string file) => Path.Combine(Directory, file);

    internal Task<Outcome> RunAsync(params string[] args) => RunAsync([], redirected: true, args);

    internal async Task<Outcome> RunAsync(byte[] input, bool redirected, params string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        using var bytes = new MemoryStream();
        var terminal = new Terminal
        {
            Out = output,
            Error = error,
            OpenInput = () => new MemoryStream(input),
            OpenOutput = () => bytes,
            ReadLine = () => Typed.TryDequeue(out var line) ? line : null,
            InputRedirected = redirected,
            OutputRedirected = redirected,
            ErrorRedirected = redirected,
            Variable = Variable,
            Directory = Directory,
        };
        var code = await CommandLine.RunAsync(args, terminal, CancellationToken.None);
        return new Outcome(code, output.ToString().Replace(_folder.Path, "TEMP", StringComparison.Ordinal), error.ToString().Replace(_folder.Path, "TEMP", StringComparison.Ordinal), bytes.ToArray());
    }

    public void Dispose() => _folder.Dispose();

    private string? Variable(string name) => name == "CONTAINERIZE_ROOT" ? _root : Variables.GetValueOrDefault(name);
}

/// <summary>What a command did.</summary>
internal sealed record Outcome(int Code, string Output, string Error, byte[] Bytes)
{
    /// <summary>All of it as one text.</summary>
    internal string Transcript()
    {
        var text = new StringBuilder(Output);
        foreach (var line in Error.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            text.Append("[stderr] ").Append(line).Append('\n');
        }

        return text.Append("[exit ").Append(Code).Append("]\n").ToString();
    }
}
