using System.Diagnostics;
using System.Formats.Tar;
using System.Runtime.InteropServices;
using System.Text;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary>A local engine of a test's own: the tool as people start it, the native runtime, and an image with busybox in it; root's, and a plain user's where that is inherited.</summary>
public class LocalMachine : IAsyncLifetime, IDisposable
{
    /// <summary>The image's name.</summary>
    public const string Image = "box:1";

    private static readonly string[] Applets =
    [
        "sh", "ls", "cat", "echo", "sleep", "true", "false", "id", "env", "ps", "kill", "nc", "touch", "seq", "dd", "grep", "tty", "stty", "hostname", "pwd", "yes", "head", "wc", "stat", "awk",
        "rm", "df", "mount", "test",
    ];

    private readonly TemporaryFolder _folder = new();

    /// <summary>Where everything of it is.</summary>
    public string Root => _folder["root"];

    /// <summary>Whether a container's users are other than one.</summary>
    public virtual bool HasUsers => true;

    /// <summary>A folder that its user may read.</summary>
    protected string Folder => _folder.Path;

    private protected static string ToolFolder => AppContext.BaseDirectory;

    /// <inheritdoc />
    public async Task InitializeAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || ToolRunner.Find("busybox") is not { } busybox || Runtime() is null || Programs.Any(p => ToolRunner.Find(p) is null))
        {
            return;
        }

        var config = new ImageConfig
        {
            Os = "linux",
            Architecture = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "arm64" : "amd64",
            Config = new ContainerConfig { Cmd = ["sh"], Env = ["FROM_IMAGE=yes"], Volumes = new() { ["/kept"] = new EmptyObject() } },
        };
        var image = Images.Image.Create(config, [LayerOf(busybox), UpperLayer()]);
        await new OciLayout(_folder["layout"], "box").WriteAsync(image, CancellationToken.None);
        if (!OperatingSystem.IsWindows())
        {
            File.WriteAllText(Program, await ScriptAsync(Runtime()!));
            File.SetUnixFileMode(Program, (UnixFileMode)0b111_101_101);
        }

        (await RunAsync("copy", $"oci:{_folder["layout"]}:box", "local:" + Image)).Succeeded();
    }

    /// <summary>Skips the test where containers cannot be run, and says why.</summary>
    public static void Require()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "containers run on Linux");
        Skip.IfNot(Environment.IsPrivilegedProcess, "needs root");
        ToolRunner.Require("busybox");
        Skip.If(Runtime() is null, "the runtime is not built: build.sh does it");
    }

    /// <summary>Runs the tool.</summary>
    public Task<ToolRunner.Result> RunAsync(params string[] words) => RunWithAsync(new Dictionary<string, string>(), words);

    /// <summary>Runs the tool with variables more.</summary>
    public Task<ToolRunner.Result> RunWithAsync(IReadOnlyDictionary<string, string> variables, params string[] words) => ToolRunner.RunWithAsync(Program, words, variables);

    /// <summary>Starts the tool, with its streams in our hands.</summary>
    public Process Start(params string[] words)
    {
        var start = new ProcessStartInfo(Program, words) { RedirectStandardInput = true, RedirectStandardOutput = true };
        return Process.Start(start)!;
    }

    /// <summary>Runs the tool in a terminal.</summary>
    public Task<ToolRunner.Result> RunInTerminalAsync(string words) => ToolRunner.RunInTerminalAsync($"stty rows 33 cols 99; {Program} {words}");

    /// <summary>Runs the tool with an input.</summary>
    public Task<ToolRunner.Result> RunWithInputAsync(string input, string words) =>
        ToolRunner.RunAsync("sh", "-c", $"printf '%s' '{input}' | {Program} {words}");

    /// <summary>A file that its user may read.</summary>
    public string Write(string name, string text) => _folder.Write(name, text);

    /// <summary>Runs the tool twice, the output of the first as the input of the second.</summary>
    public Task<ToolRunner.Result> PipeAsync(string first, string second) =>
        ToolRunner.RunAsync("sh", "-c", $"{Program} {first} | {Program} {second}");

    /// <summary>Runs the tool with a file as its output.</summary>
    public Task<ToolRunner.Result> RunToFileAsync(string file, params string[] words) =>
        ToolRunner.RunAsync("sh", ["-c", "file=$1; shift; exec \"$@\" > \"$file\"", "sh", file, Program, .. words]);

    /// <summary>Begins a command of the tool, which goes on.</summary>
    public RunningTool Begin(params string[] words) => new(Program, words, []);

    /// <summary>The tool's command line, for a shell.</summary>
    public string Line(string words) => $"{Program} {words}";

    /// <summary>Waits until something is so.</summary>
    public static async Task UntilAsync(Func<Task<bool>> so)
    {
        for (var i = 0; i < 100 && !await so(); i++)
        {
            await Task.Delay(100);
        }
    }

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        if (Directory.Exists(Root) && File.Exists(_folder["tool"]))
        {
            foreach (var id in (await RunAsync("ps", "-aq")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                await RunAsync("rm", "-f", id);
            }
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    private string Program
    {
        get
        {
            foreach (var program in Programs)
            {
                ToolRunner.Require(program);
            }

            return _folder["tool"];
        }
    }

    /// <summary>The programs that it needs beside the rest.</summary>
    private protected virtual IReadOnlyList<string> Programs => [];

    /// <summary>A script that is the tool.</summary>
    private protected virtual Task<string> ScriptAsync(string runtime) => Task.FromResult($"""
        #!/bin/sh
        export CONTAINERIZE_ROOT='{Root}' CONTAINERIZE_RUNTIME='{runtime}'
        exec dotnet '{ToolFolder}dotnet-containerize.dll' "$@"

        """);

    /// <summary>The runtime that build.sh made; null where it has not.</summary>
    internal static string? Runtime()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Containerize.sln")))
        {
            folder = folder.Parent;
        }

        var platform = RuntimeInformation.OSArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        var path = folder is null ? "" : Path.Combine(folder.FullName, "artifacts", "runtime", platform, "containerize-runtime");
        return File.Exists(path) ? path : null;
    }

    private static Layer LayerOf(string busybox)
    {
        using var tar = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach (var directory in (string[])["bin", "etc", "kept", "tmp", "root", "hidden"])
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.Directory, directory) { Mode = (UnixFileMode)0b111_101_101 });
            }

            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "bin/busybox") { Mode = (UnixFileMode)0b111_101_101, DataStream = new MemoryStream(File.ReadAllBytes(busybox)) });
            foreach (var applet in Applets)
            {
                writer.WriteEntry(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/" + applet) { LinkName = "busybox" });
            }

            Write(writer, "etc/passwd", "root:x:0:0:root:/root:/bin/sh\napp:x:1654:1654:app:/home/app:/bin/sh\n");
            Write(writer, "etc/group", "root:x:0:\napp:x:1654:\nmore:x:1700:app\n");
            Write(writer, "kept/of-the-image", "text\n");
            writer.WriteEntry(new UstarTarEntry(TarEntryType.Directory, "shared") { Mode = (UnixFileMode)0b1_111_111_111 });
            writer.WriteEntry(new UstarTarEntry(TarEntryType.Directory, "shared/deep") { Mode = (UnixFileMode)0b111_000_000, Uid = 1654, Gid = 1654 });
            Write(writer, "hidden/below", "below\n");
            Write(writer, "gone", "gone\n");
            Write(writer, "changed", "old\n");
            writer.WriteEntry(new UstarTarEntry(TarEntryType.HardLink, "linked") { LinkName = "changed" });
        }

        return Containerize.Testing.SampleImages.LayerOf(tar.ToArray());
    }

    private static Layer UpperLayer()
    {
        using var tar = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            Write(writer, ".wh.gone", "");
            Write(writer, "hidden/.wh..wh..opq", "");
            Write(writer, "hidden/above", "above\n");
            Write(writer, "changed", "new\n");
            // With nothing that says what the folders are: they stay what they were.
            Write(writer, "shared/deep/file", "text\n");
        }

        return Containerize.Testing.SampleImages.LayerOf(tar.ToArray());
    }

    private static void Write(System.Formats.Tar.TarWriter writer, string name, string text) =>
        writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { Mode = (UnixFileMode)0b110_100_100, DataStream = new MemoryStream(Encoding.UTF8.GetBytes(text)) });
}
