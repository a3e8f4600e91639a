using System.Buffers.Binary;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.EmbeddedBases;

/// <summary>What build.sh packed from Debian.</summary>
[Collection(EmbeddedBaseCollection.Name)]
public sealed class ThePackedBase(PackedBase packed)
{
    [SkippableTheory]
    [InlineData("linux-x64", 62)]
    [InlineData("linux-arm64", 183)]
    public void HasLibrariesForItsCpuOnly(string rid, int machine)
    {
        var libraries = Layer(rid, "os").Concat(Layer(rid, "extra")).Where(f => f.Bytes.AsSpan().StartsWith("\u007fELF"u8)).ToList();
        Assert.True(libraries.Count > 15, $"only {libraries.Count} libraries");
        Assert.All(libraries, l => Assert.Equal(machine, BinaryPrimitives.ReadUInt16LittleEndian(l.Bytes.AsSpan(18))));
    }

    [SkippableTheory]
    [InlineData("linux-x64", "lib64/ld-linux-x86-64.so.2")]
    [InlineData("linux-arm64", "lib/ld-linux-aarch64.so.1")]
    public void HasTheLoaderWhereProgramsLookForIt(string rid, string loader)
    {
        var files = Layer(rid, "os").ToDictionary(f => f.Path);
        var path = loader;
        for (var links = 0; links < 5; links++)
        {
            path = path.Split('/')[0] is var top && files.TryGetValue(top, out var folder) && folder.Type == TarEntryType.SymbolicLink
                ? folder.LinkTarget + path[top.Length..]
                : path;
            if (files[path].Type == TarEntryType.RegularFile)
            {
                Assert.Equal(0b111_101_101, files[path].Mode);
                return;
            }

            var target = files[path].LinkTarget;
            path = target.StartsWith('/') ? target[1..] : $"{Path.GetDirectoryName(path)}/{target}";
        }

        Assert.Fail($"{loader} leads nowhere");
    }

    [SkippableTheory]
    [InlineData("os")]
    [InlineData("extra")]
    public void HasNothingButThis(string layer)
    {
        // Certificates and time zones come and go with each update; their own tests look at them.
        var tree = Layer("linux-x64", layer)
            .Where(f => !f.Path.StartsWith("etc/ssl/certs/", StringComparison.Ordinal) || f.Path.EndsWith("/ca-certificates.crt", StringComparison.Ordinal))
            .Where(f => !f.Path.StartsWith("usr/share/ca-certificates/mozilla/", StringComparison.Ordinal))
            .Where(f => !f.Path.StartsWith("usr/share/zoneinfo/", StringComparison.Ordinal) || f.Path.EndsWith("/Europe/Berlin", StringComparison.Ordinal));
        Verify.Text(string.Join('\n', tree) + "\n", layer);
    }

    [SkippableFact]
    public void HasTheCertificateLinksThatOpensslMakes()
    {
        Skip.IfNot(Tool.Exists("openssl"), "openssl is not installed");
        var files = Layer("linux-x64", "os").ToDictionary(f => f.Path);
        var links = files.Values.Where(f => f.Path.StartsWith("etc/ssl/certs/", StringComparison.Ordinal) && f.Type == TarEntryType.SymbolicLink).ToList();
        var folder = packed.NewFolder();
        foreach (var link in links.Where(l => l.Path.EndsWith(".pem", StringComparison.Ordinal)))
        {
            File.WriteAllBytes(Path.Combine(folder, Path.GetFileName(link.Path)), files[link.LinkTarget[1..]].Bytes);
        }

        Tool.Run("openssl", ["rehash", folder], folder);
        var expected = Directory.GetFiles(folder).Select(f => new FileInfo(f)).Where(f => f.LinkTarget is not null).Select(f => $"{f.Name} -> {f.LinkTarget}");
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            links.Where(l => !l.Path.EndsWith(".pem", StringComparison.Ordinal)).Select(l => $"{Path.GetFileName(l.Path)} -> {l.LinkTarget}").Order(StringComparer.Ordinal));
        var bundle = Encoding.ASCII.GetString(files["etc/ssl/certs/ca-certificates.crt"].Bytes);
        Assert.Equal(links.Count / 2, bundle.Split("-----BEGIN CERTIFICATE-----\n").Length - 1);
    }

    [SkippableTheory]
    [InlineData("linux-x64", "amd64")]
    [InlineData("linux-arm64", "arm64")]
    public void TellsScannersLockAndNoticesTheSamePackages(string rid, string architecture)
    {
        var pins = Json(Path.Combine(packed.Repository, "nuget", "Containerize.Base", "debian.lock.json")).GetProperty("architectures").GetProperty(architecture)
            .EnumerateObject().Select(p => $"{p.Name} {p.Value.GetProperty("version").GetString()}").Order(StringComparer.Ordinal).ToList();
        var listed = Json(Path.Combine(packed.Folder(rid), "base.json")).GetProperty("layers").EnumerateArray()
            .SelectMany(l => l.GetProperty("packages").EnumerateArray())
            .Select(p => $"{p.GetProperty("name").GetString()} {p.GetProperty("version").GetString()}").Order(StringComparer.Ordinal);
        Assert.Equal(pins, listed);

        var installed = Layer(rid, "os").Concat(Layer(rid, "extra"))
            .Where(f => f.Path.StartsWith("var/lib/dpkg/status.d/", StringComparison.Ordinal) && f.Type == TarEntryType.RegularFile && !f.Path.EndsWith(".md5sums", StringComparison.Ordinal))
            .Select(f => Encoding.UTF8.GetString(f.Bytes).Split('\n'))
            .Select(l => $"{l.Single(f => f.StartsWith("Package: ", StringComparison.Ordinal))[9..]} {l.Single(f => f.StartsWith("Version: ", StringComparison.Ordinal))[9..]}");
        Assert.Equal(pins, installed.Order(StringComparer.Ordinal));

        var notices = File.ReadAllText(Path.Combine(packed.Repository, "THIRD-PARTY-NOTICES.md"));
        Assert.All(pins, p => Assert.Contains($"\n| {p.Split(' ')[0]} | ", notices, StringComparison.Ordinal));
        Assert.All(pins, p => Assert.Contains(p.Split(' ')[1], notices, StringComparison.Ordinal));
    }

    [SkippableTheory]
    [InlineData("linux-x64")]
    [InlineData("linux-arm64")]
    public void CarriesTheLicenceOfEachPackage(string rid)
    {
        var files = Layer(rid, "os").Concat(Layer(rid, "extra")).Where(f => f.Type != TarEntryType.Directory).Select(f => f.Path).ToHashSet();
        var packages = Json(Path.Combine(packed.Folder(rid), "base.json")).GetProperty("layers").EnumerateArray()
            .SelectMany(l => l.GetProperty("packages").EnumerateArray()).Select(p => p.GetProperty("name").GetString()!).ToList();
        Assert.NotEmpty(packages);
        Assert.All(packages, p => Assert.True(files.Contains($"usr/share/doc/{p}/copyright") || files.Contains($"usr/share/doc/{p}"), $"no copyright file of {p}"));
    }

    [SkippableFact]
    public void IsShippedWithNoLibraryThatTheNoticesDoNotName()
    {
        var packages = Path.Combine(packed.Repository, "artifacts", "packages");
        Skip.IfNot(Directory.Exists(packages), "nothing is packed: run build.sh first");
        var notices = File.ReadAllText(Path.Combine(packed.Repository, "THIRD-PARTY-NOTICES.md"));
        foreach (var package in Directory.GetFiles(packages, "*.nupkg"))
        {
            using var zip = ZipFile.OpenRead(package);
            var libraries = zip.Entries.Select(e => e.Name).Where(n => n.EndsWith(".dll", StringComparison.Ordinal) && !n.Contains(".resources.", StringComparison.Ordinal));
            Assert.All(
                libraries.Select(l => Path.GetFileNameWithoutExtension(l)).Where(l => !l.StartsWith("Containerize", StringComparison.Ordinal) && l != "dotnet-containerize"),
                l => Assert.True(notices.Contains(l, StringComparison.Ordinal), $"{Path.GetFileName(package)} carries {l}"));
        }
    }

    private IReadOnlyList<TarFile> Layer(string rid, string name) => TarFiles.Read(Path.Combine(packed.Folder(rid), "layers", $"{name}.tar.gz"));

    private static JsonElement Json(string path) => JsonDocument.Parse(File.ReadAllText(path)).RootElement;
}
