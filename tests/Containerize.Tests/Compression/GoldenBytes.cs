using System.Diagnostics;
using Containerize.Oci;
using Containerize.Testing;
using Xunit;

namespace Containerize.Tests.Compression;

/// <summary>The bytes of compatibility version 1. A change here is a new version (ByteFormat), never a new snapshot alone.</summary>
public class GoldenBytes
{
    [Fact]
    public void OfGzipAreThoseOfTheVersion() => Verify.Text(GzipTable());

    [Fact]
    public void OfZstdAreThoseOfTheVersion() => Verify.Text(ZstdTable());

    [Theory]
    [InlineData("DOTNET_EnableHWIntrinsic", "0")]
    [InlineData("DOTNET_TieredCompilation", "0")]
    public async Task AreTheSameOnAnotherCpuAndWithAnotherJit(string variable, string value)
    {
        var tests = typeof(GoldenBytes).Assembly.Location;
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["exec", tests]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_STARTUP_HOOKS"] = tests;
        start.Environment[StartupHook.Variable] = "1";
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(GzipTable() + ZstdTable(), output);
    }

    internal static string GzipTable() => Table(content => Packed.Gzip(content, threads: 2));

    internal static string ZstdTable() => Table(content => Packed.Zstd(content));

    private static string Table(Func<byte[], byte[]> pack) => string.Concat(Samples.Names.Select(name =>
    {
        var content = Samples.Make(name);
        var packed = pack(content);
        return $"{name}: {content.Length} -> {packed.Length} {Digest.Of(packed)}\n";
    }));
}
