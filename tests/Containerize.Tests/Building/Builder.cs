using System.Diagnostics;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Building;

/// <summary>Builds in processes of their own (tests/Containerize.Builder), with a program of any user's, and projects that are published already.</summary>
internal sealed class Builder : IDisposable
{
    private static readonly string[] Program =
        ["Containerize.Builder.dll", "Containerize.Builder.deps.json", "Containerize.Builder.runtimeconfig.json", "Containerize.dll", "ZstdSharp.dll"];

    private readonly TemporaryFolder _folder = new();

    public Builder()
    {
        // Other users must reach it, and the repository may lie where they cannot.
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(Path, (UnixFileMode)0b111_101_101);
        }

        foreach (var file in Program)
        {
            File.Copy(System.IO.Path.Combine(AppContext.BaseDirectory, file), System.IO.Path.Combine(_folder.Folder("program"), file));
        }
    }

    public string Path => _folder.Path;

    public string this[string relative] => _folder[relative];

    /// <summary>A published project of two layers of content that does not compress, so that a build is some work; gives its folder.</summary>
    public string Published(string name, int bytes = 100_000)
    {
        var random = new Random(name.Length);
        foreach (var file in (string[])["start", "App.dll", "wwwroot/picture"])
        {
            var content = new byte[bytes];
            random.NextBytes(content);
            _folder.Write($"{name}/{file}", content);
        }

        return this[name];
    }

    /// <summary>Starts a build; CONTAINERIZE_ROOT is all of the environment that it has of itself.</summary>
    /// <param name="root">CONTAINERIZE_ROOT, below the folder.</param>
    /// <param name="arguments">The published folder, and settings as NAME=VALUE.</param>
    public Running Start(string root, params string[] arguments) =>
        new([.. Command(arguments)], new Dictionary<string, string> { ["CONTAINERIZE_ROOT"] = this[root] }, Path);

    /// <summary>Builds with these variables and no others, below these programs (setpriv, faketime).</summary>
    public string Build(IReadOnlyDictionary<string, string> environment, string[] below, params string[] arguments)
    {
        using var running = new Running([.. below, .. Command(arguments)], environment, _folder.Folder("work"));
        return running.End();
    }

    /// <summary>Builds to the end; the digest, or the error.</summary>
    public string Build(string root, params string[] arguments)
    {
        using var running = Start(root, arguments);
        return running.End();
    }

    public void Dispose() => _folder.Dispose();

    private IEnumerable<string> Command(string[] arguments) => ["dotnet", this["program/Containerize.Builder.dll"], .. arguments];

    /// <summary>A build that was started.</summary>
    internal sealed class Running : IDisposable
    {
        private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
        private readonly Process _process;
        private readonly Task<string> _output;
        private readonly Task<string> _errors;

        public Running(string[] command, IReadOnlyDictionary<string, string> environment, string folder)
        {
            var start = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
            start.Environment.Clear();
            start.Environment["PATH"] = Environment.GetEnvironmentVariable("PATH");
            start.Environment["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT");
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }

            _process = Process.Start(start)!;
            _output = _process.StandardOutput.ReadToEndAsync();
            _errors = _process.StandardError.ReadToEndAsync();
        }

        /// <summary>SIGKILL; whether it was in time.</summary>
        public bool Kill()
        {
            _process.Kill();
            _process.WaitForExit();
            return _process.ExitCode != 0;
        }

        /// <summary>Waits for its end; what it wrote.</summary>
        public string End()
        {
            if (!_process.WaitForExit(Limit))
            {
                _process.Kill();
                Assert.Fail($"no end within {Limit}");
            }

            return (_output.Result + _errors.Result).Trim();
        }

        public void Dispose()
        {
            if (!_process.HasExited)
            {
                _process.Kill();
            }

            _process.Dispose();
        }
    }
}
