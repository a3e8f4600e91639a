using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Containerize.Bases;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.EmbeddedBases;

[Collection(EmbeddedBaseCollection.Name)]
public sealed class AssemblingAnEmbeddedBase(PackedBase packed, PublishedProbe probe)
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, NewLine = "\n" };

    [SkippableFact]
    public async Task GivesTheSameDigestWithoutACache()
    {
        var parts = Parts("linux-x64", extra: true);
        var first = await EmbeddedBase.AssembleAsync(parts, new LayerBuilder(new LayerCache(packed.NewFolder()), 1));
        var second = await EmbeddedBase.AssembleAsync(parts, new LayerBuilder(new LayerCache(packed.NewFolder()), 2));
        Assert.Equal(first.Digest, second.Digest);
    }

    [SkippableTheory]
    [InlineData("linux-x64", false)]
    [InlineData("linux-x64", true)]
    [InlineData("linux-arm64", false)]
    public async Task SaysHowToRunOnIt(string rid, bool extra) =>
        Verify.Text(Config(await EmbeddedBase.AssembleAsync(Parts(rid, extra), probe.Builder)), $"{rid}-{(extra ? "extra" : "lean")}");

    [SkippableFact]
    public async Task OfNoFrameworkIsTheOperatingSystemAlone() =>
        Verify.Text(Config(await EmbeddedBase.AssembleAsync(Parts("linux-x64", extra: false) with { Frameworks = [] }, probe.Builder)));

    [SkippableFact]
    public async Task TakesThePackagesLayersAsTheyAre()
    {
        var image = await EmbeddedBase.AssembleAsync(Parts("linux-x64", extra: true), probe.Builder);
        foreach (var (name, layer) in ((string[])["os", "extra"]).Zip(image.Layers))
        {
            var file = await File.ReadAllBytesAsync(Path.Combine(packed.Folder("linux-x64"), "layers", name + ".tar.gz"));
            Assert.Equal(Digest.Of(file), layer.Descriptor.Digest);
            Assert.Equal(Digest.Of(TarFiles.Unzip(file)), layer.DiffId);
            await using var stream = await image.Source.OpenAsync(layer.Descriptor, 0, CancellationToken.None);
            var read = new MemoryStream();
            await stream.CopyToAsync(read);
            Assert.Equal(file.Length, read.Length);
        }
    }

    [SkippableFact]
    public async Task FailsWhereALayerIsDamaged()
    {
        var folder = Copy();
        var path = Path.Combine(folder, "layers", "os.tar.gz");
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[^100] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        var image = await EmbeddedBase.AssembleAsync(Parts("linux-x64", extra: false) with { OsPackageFolder = folder, Frameworks = [] }, probe.Builder);
        var failure = await Assert.ThrowsAsync<ContainerizeException>(async () =>
        {
            await using var stream = await image.Source.OpenAsync(image.Manifest.Layers[0], 0, CancellationToken.None);
            await stream.CopyToAsync(Stream.Null);
        });
        Assert.Equal(3003, failure.Number);
    }

    [SkippableFact]
    public async Task FailsWhereALayerIsGone()
    {
        var folder = Copy();
        File.Delete(Path.Combine(folder, "layers", "os.tar.gz"));
        var image = await EmbeddedBase.AssembleAsync(Parts("linux-x64", extra: false) with { OsPackageFolder = folder, Frameworks = [] }, probe.Builder);
        var failure = await Assert.ThrowsAsync<ContainerizeException>(async () => await image.Source.OpenAsync(image.Manifest.Layers[0], 0, CancellationToken.None));
        Assert.Equal(3004, failure.Number);
    }

    [SkippableTheory]
    [InlineData("""{"formatVersion":2}""")]
    [InlineData("""{"architecture":"arm64"}""")]
    [InlineData("""{"layers":null}""")]
    [InlineData("""{"layers":[null]}""")]
    [InlineData("""{"layers":[]}""")]
    [InlineData("""{"layers":[{"name":"os","mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"sha256:../../x","size":1,"diffId":"x","packages":[]}]}""")]
    [InlineData(null)]
    public async Task RefusesAPackageThatIsNotOne(string? change)
    {
        var folder = Copy();
        var path = Path.Combine(folder, "base.json");
        if (change is null)
        {
            File.Delete(path);
        }
        else
        {
            var document = JsonNode.Parse(await File.ReadAllTextAsync(path))!.AsObject();
            foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
            {
                document[name] = value?.DeepClone();
            }

            await File.WriteAllTextAsync(path, document.ToJsonString());
        }

        var parts = Parts("linux-x64", extra: false) with { OsPackageFolder = folder, Frameworks = [] };
        Assert.Equal(3051, (await Assert.ThrowsAsync<ContainerizeException>(() => EmbeddedBase.AssembleAsync(parts, probe.Builder))).Number);
    }

    [SkippableFact]
    public async Task RefusesAPackThatIsForAnotherPlatformOrNotWhole()
    {
        var parts = Parts("linux-x64", extra: false);
        var other = parts with { Frameworks = probe.Frameworks("linux-arm64") };
        Assert.Equal(3052, (await Assert.ThrowsAsync<ContainerizeException>(() => EmbeddedBase.AssembleAsync(other, probe.Builder))).Number);
        var none = parts with { Frameworks = [parts.Frameworks[0] with { PackFolder = packed.NewFolder() }] };
        Assert.Equal(3052, (await Assert.ThrowsAsync<ContainerizeException>(() => EmbeddedBase.AssembleAsync(none, probe.Builder))).Number);
        var escaping = parts with { Frameworks = [parts.Frameworks[0] with { Version = "../../x" }] };
        Assert.Equal(3052, (await Assert.ThrowsAsync<ContainerizeException>(() => EmbeddedBase.AssembleAsync(escaping, probe.Builder))).Number);
    }

    [SkippableFact]
    public void LaysFrameworksOutAsTheyAreInstalled()
    {
        // .../dotnet/shared/Microsoft.NETCore.App/10.0.1/
        var root = new DirectoryInfo(RuntimeEnvironment.GetRuntimeDirectory()).Parent!.Parent!.Parent!.FullName;
        Skip.IfNot(OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64, "the comparison is with an installation for linux-x64");
        foreach (var pack in probe.Frameworks("linux-x64"))
        {
            var installed = Path.Combine(root, "shared", pack.Name, pack.Version);
            Skip.IfNot(Directory.Exists(installed), $"{pack.Name} {pack.Version} is not installed");
            var expected = Directory.GetFiles(installed, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(root, f)).ToList();
            if (pack.Name == "Microsoft.NETCore.App")
            {
                expected.AddRange([$"host/fxr/{pack.Version}/libhostfxr.so", "LICENSE.txt", "ThirdPartyNotices.txt"]);
            }

            var laidOut = EmbeddedFrameworkLayout.Entries(pack).Where(e => e.Path.StartsWith("usr/share/dotnet/", StringComparison.Ordinal)).ToList();
            Assert.Equal(
                string.Join('\n', expected.Order(StringComparer.Ordinal).Select(f => $"{Mode(Path.Combine(root, f))} {f}")),
                string.Join('\n', laidOut.OrderBy(e => e.Path, StringComparer.Ordinal).Select(e => $"{Convert.ToString(e.Mode, 8)} {e.Path["usr/share/dotnet/".Length..]}")));
        }

        static string Mode(string path) => OperatingSystem.IsWindows() ? "" : Convert.ToString((int)File.GetUnixFileMode(path), 8);
    }

    private EmbeddedBaseParts Parts(string rid, bool extra) => new()
    {
        Platform = Platform.FromRuntimeIdentifier(rid),
        OsPackageFolder = packed.Folder(rid),
        Extra = extra,
        Frameworks = probe.Frameworks(rid),
    };

    private string Copy()
    {
        var target = packed.NewFolder();
        foreach (var file in Directory.GetFiles(packed.Folder("linux-x64"), "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(target, Path.GetRelativePath(packed.Folder("linux-x64"), file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        return target;
    }

    // What .NET's version and Debian's packages decide is left out.
    private string Config(Image image)
    {
        var node = JsonNode.Parse(image.ConfigBytes.Span)!.AsObject();
        Assert.Equal(image.Layers.Count, node["history"]!.AsArray().Count);
        node.Remove("rootfs");
        return new StringBuilder(node.ToJsonString(Indented)).Replace(probe.Version, "VERSION").Append('\n').ToString();
    }
}
