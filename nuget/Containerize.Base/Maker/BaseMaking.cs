using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Containerize.Bases;
using Containerize.Layers;

namespace Containerize.Base.Maker;

/// <summary>Makes the contents of one base package: layers, base.json, licences. The same packages give the same bytes.</summary>
internal sealed class BaseMaking(string repository, string downloads, TextWriter log)
{
    private static readonly EmbeddedBaseJson Json = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    private string LockPath => Path.Combine(repository, "nuget", "Containerize.Base", "debian.lock.json");

    /// <summary>Debian's word for the CPU of a runtime identifier, which is Go's word too.</summary>
    public static string ArchitectureOf(string runtimeIdentifier) =>
        runtimeIdentifier switch
        {
            "linux-x64" => "amd64",
            "linux-arm64" => "arm64",
            _ => throw new MakingFailed($"There is no base for {runtimeIdentifier}: only linux-x64 and linux-arm64."),
        };

    /// <summary>Moves the lock to the newest packages of the suite, for every architecture.</summary>
    public void Update()
    {
        foreach (var architecture in (string[])["amd64", "arm64"])
        {
            Packages(architecture, newest: true);
        }
    }

    /// <summary>Makes the package's contents in a folder, unless what is there was made from the same.</summary>
    public async Task MakeAsync(string runtimeIdentifier, string output, CancellationToken cancellationToken)
    {
        var architecture = ArchitectureOf(runtimeIdentifier);
        var keyPath = Path.Combine(output, ".key");
        if (File.Exists(keyPath) && await File.ReadAllTextAsync(keyPath, cancellationToken) == Key(architecture))
        {
            log.WriteLine($"Containerize.Base.{runtimeIdentifier}: unchanged");
            return;
        }

        var packages = Packages(architecture, newest: false);
        if (Directory.Exists(output))
        {
            Directory.Delete(output, recursive: true);
        }

        Directory.CreateDirectory(Path.Combine(output, "layers"));
        var read = Contents.All.ToDictionary(c => c.Package, c => DebianPackage.Read(packages[c.Package].Path));
        var layers = new List<EmbeddedBaseLayer>();
        foreach (var name in (string[])["os", "extra"])
        {
            layers.Add(await LayerAsync(name, architecture, read, packages, output, cancellationToken));
        }

        var document = new EmbeddedBaseDocument
        {
            FormatVersion = EmbeddedBaseDocument.CurrentFormatVersion,
            Os = "linux",
            Architecture = architecture,
            Distribution = Distribution(read["base-files"]),
            Layers = layers,
        };
        await File.WriteAllTextAsync(
            Path.Combine(output, "base.json"), JsonSerializer.Serialize(document, Json.EmbeddedBaseDocument) + "\n", cancellationToken);
        WriteLicences(read, Path.Combine(output, "licences"));
        await File.WriteAllTextAsync(keyPath, Key(architecture), cancellationToken);
        foreach (var layer in layers)
        {
            log.WriteLine($"Containerize.Base.{runtimeIdentifier}: {layer.Name} {layer.Digest} {layer.Size} bytes");
        }
    }

    private async Task<EmbeddedBaseLayer> LayerAsync(
        string name,
        string architecture,
        Dictionary<string, DebianPackage> read,
        Dictionary<string, (LockedPackage Locked, string Path)> packages,
        string output,
        CancellationToken cancellationToken)
    {
        var contents = new LayerContents();
        if (name == "os")
        {
            contents.Add(Skeleton.Entries(architecture));
        }

        var chosen = Contents.All.Where(c => c.Layer == name).OrderBy(c => c.Package, StringComparer.Ordinal).ToList();
        foreach (var package in chosen)
        {
            contents.Add(package, read[package.Package]);
        }

        var builder = new LayerBuilder(new LayerCache(Path.Combine(downloads, "cache")), Environment.ProcessorCount);
        var layer = await builder.BuildAsync(LayerSpec.Create(name, contents.Entries), LayerCompression.Gzip, cancellationToken);
        await using var blob = await layer.Source.OpenAsync(layer.Descriptor, 0, cancellationToken);
        await using var file = File.Create(Path.Combine(output, "layers", $"{name}.tar.gz"));
        await blob.CopyToAsync(file, cancellationToken);
        return new EmbeddedBaseLayer
        {
            Name = name,
            MediaType = layer.Descriptor.MediaType,
            Digest = layer.Descriptor.Digest.ToString(),
            Size = layer.Descriptor.Size,
            DiffId = layer.DiffId.ToString(),
            Packages = [.. chosen.Select(c => packages[c.Package].Locked).Zip(chosen, (l, c) => new EmbeddedBaseDebianPackage(c.Package, l.Version, l.Source, l.SourceVersion))],
        };
    }

    private Dictionary<string, (LockedPackage Locked, string Path)> Packages(string architecture, bool newest)
    {
        var pins = DebianLock.Read(LockPath);
        var pinned = pins.For(architecture);
        var apt = new Apt(architecture, pins.Suite, downloads);
        var present = apt.Get([.. Contents.All.Select(c => c.Package)], pinned, newest);
        foreach (var (name, package) in present)
        {
            if (pinned.GetValueOrDefault(name) is { } old && old != package)
            {
                log.WriteLine(
                    newest
                        ? $"{name} ({architecture}): {old.Version} -> {package.Version}"
                        : $"note: {name} {old.Version} ({architecture}) is no longer served; the lock moves to {package.Version}, and the base's digest with it");
            }
        }

        if (!present.OrderBy(p => p.Key, StringComparer.Ordinal).SequenceEqual(pinned))
        {
            pins.Architectures[architecture] = new SortedDictionary<string, LockedPackage>(present.ToDictionary(), StringComparer.Ordinal);
            pins.Write(LockPath);
        }

        Notices.Write(Path.Combine(repository, "THIRD-PARTY-NOTICES.md"), pins);
        return present.ToDictionary(p => p.Key, p => (p.Value, apt.PathOf(p.Value)));
    }

    /// <summary>What decides the bytes: the pins, and the programs that make them.</summary>
    private string Key(string architecture)
    {
        var key = new StringBuilder();
        foreach (var (name, package) in DebianLock.Read(LockPath).For(architecture))
        {
            key.Append(name).Append('\n').Append(package.Sha256).Append('\n');
        }

        key.Append(typeof(BaseMaking).Module.ModuleVersionId).Append('\n').Append(typeof(LayerBuilder).Module.ModuleVersionId);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key.ToString())));
    }

    private static string Distribution(DebianPackage baseFiles)
    {
        var release = Encoding.UTF8.GetString(baseFiles.Files.Single(f => f.Path == "usr/lib/os-release").Bytes!);
        return release.Split('\n').Single(l => l.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))["PRETTY_NAME=".Length..].Trim('"');
    }

    // The same texts as in the layers, where people look who do not unpack them.
    private static void WriteLicences(Dictionary<string, DebianPackage> read, string folder)
    {
        foreach (var file in read.Values.SelectMany(p => p.Files).Where(f => f.Bytes is not null))
        {
            var target = file.Path.Split('/') switch
            {
                ["usr", "share", "doc", var package, "copyright"] => $"{package}.txt",
                ["usr", "share", "common-licenses", var licence] => $"common/{licence}.txt",
                _ => null,
            };
            if (target is not null)
            {
                var path = Path.Combine(folder, target);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, file.Bytes!);
            }
        }
    }
}
