using System.Text.Json;
using Containerize.Oci.Runtime;
using Containerize.Runtime.Documents;
using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime;

/// <summary>A bundle: a directory with config.json and, usually, the root filesystem (runtime-spec bundle.md).</summary>
internal sealed class Bundle
{
    private const int MostBytes = 16 * 1024 * 1024;

    private Bundle(string path, byte[] config, RuntimeSpec spec)
    {
        Path = path;
        Config = config;
        Spec = spec;
    }

    /// <summary>The directory; absolute, links resolved.</summary>
    public string Path { get; }

    /// <summary>config.json as it was read.</summary>
    public byte[] Config { get; }

    /// <summary>And what it says.</summary>
    public RuntimeSpec Spec { get; }

    /// <summary>The root filesystem; absolute, links resolved.</summary>
    public string RootPath { get; private init; } = "";

    /// <summary>Reads and checks a bundle; CTZ6006 where it is not one.</summary>
    /// <param name="path">Its directory.</param>
    /// <param name="name">Another configuration than config.json, relative to that or absolute.</param>
    public static Bundle Read(string path, string name = StateDirectory.Config)
    {
        var doing = $"reading the bundle {path}";
        byte[] config;
        string directory;
        try
        {
            using var opened = FileSystem.Open(Descriptor.WorkingDirectory, path, OpenFlags.PathOnly | OpenFlags.Directory);
            directory = FileSystem.ReadLink(Descriptor.WorkingDirectory, ProcFs.PathOf(opened.Number));
            using var file = FileSystem.Open(opened.Number, name, OpenFlags.ReadOnly | OpenFlags.NonBlocking);
            config = FileSystem.ReadToEnd(file.Number, MostBytes, name);
        }
        catch (SyscallException e) when (e.Errno == Errno.ENOENT)
        {
            throw Failure.Of(6006, doing, $"JSON specification file {name} not found", "Name the bundle's directory with --bundle; `containerize-runtime spec` writes a config.json.", e);
        }
        catch (SyscallException e)
        {
            throw Failure.Of(6006, doing, e.Message, "", e);
        }

        var spec = Parse(config, doing, RuntimeDocuments.ReadRuntimeSpec);
        SpecCheck.Run(spec);
        var root = System.IO.Path.Combine(directory, spec.Root!.Path!);
        try
        {
            using var opened = FileSystem.Open(Descriptor.WorkingDirectory, root, OpenFlags.PathOnly | OpenFlags.Directory);
            root = FileSystem.ReadLink(Descriptor.WorkingDirectory, ProcFs.PathOf(opened.Number));
        }
        catch (SyscallException e)
        {
            throw Failure.Of(6006, doing, $"rootfs ({root}) does not exist or is no directory: {Errno.Describe(e.Errno)}", "Correct root.path in config.json.", e);
        }

        return new Bundle(directory, config, spec) { RootPath = root };
    }

    /// <summary>The same bundle with a network namespace that is there already.</summary>
    public Bundle WithNetwork(string path)
    {
        var linux = Spec.Linux!;
        var spec = Spec with
        {
            Linux = linux with { Namespaces = [.. (linux.Namespaces ?? []).Select(n => n.Type == "network" ? n with { Path = path } : n)] },
        };
        return new Bundle(Path, RuntimeDocuments.Write(spec), spec) { RootPath = RootPath };
    }

    /// <summary>Reads a document of the specification; CTZ6006 where it is not one.</summary>
    public static T Parse<T>(ReadOnlySpan<byte> json, string doing, Func<ReadOnlySpan<byte>, T> read)
    {
        try
        {
            return read(json);
        }
        catch (JsonException e)
        {
            throw Failure.Of(6006, doing, $"not valid JSON of its kind: {e.Path} at line {e.LineNumber + 1}: {e.Message}", "See the runtime-spec's config.md.", e);
        }
    }
}
