using System.ComponentModel;
using System.Diagnostics;
using System.Formats.Tar;
using Xunit;

namespace Containerize.Tests.Compression;

public class OtherPrograms
{
    [SkippableTheory]
    [InlineData("gzip", "-dc")]
    [InlineData("gzip", "-t")]
    [InlineData("pigz", "-dc")]
    [InlineData("bsdtar", "-xOf", "-")]
    [InlineData("python3", "-c", "import sys,zlib;sys.stdout.buffer.write(zlib.decompress(sys.stdin.buffer.read(),31))")]
    public Task ReadOurGzip(string program, params string[] arguments) => Read(program, arguments, content => Packed.Gzip(content, threads: 2));

    [SkippableTheory]
    [InlineData("zstd", "-dc")]
    public Task ReadOurZstd(string program, params string[] arguments) => Read(program, arguments, content => Packed.Zstd(content));

    private static async Task Read(string program, string[] arguments, Func<byte[], byte[]> pack)
    {
        foreach (var name in Samples.Names)
        {
            // bsdtar unpacks archives only; the others anything.
            var content = Samples.Make(name);
            var packed = pack(program == "bsdtar" ? InTar(content) : content);
            var (exitCode, output, error) = await Run(program, arguments, packed);
            Assert.True(exitCode == 0, $"{name}: {error}");
            Assert.True(output.AsSpan().SequenceEqual(arguments is ["-t"] ? [] : content), $"{name}: other content");
        }
    }

    private static byte[] InTar(byte[] content)
    {
        using var tar = new MemoryStream();
        using (var writer = new TarWriter(tar, TarEntryFormat.Ustar, leaveOpen: true))
        {
            writer.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, "content") { DataStream = new MemoryStream(content) });
        }

        return tar.ToArray();
    }

    private static async Task<(int ExitCode, byte[] Output, string Error)> Run(string program, string[] arguments, byte[] input)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = new Process { StartInfo = start };
        try
        {
            process.Start();
        }
        catch (Win32Exception)
        {
            Skip.If(true, $"{program} is not installed");
        }

        using var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardInput.BaseStream.WriteAsync(input);
        process.StandardInput.Close();
        await reading;
        await process.WaitForExitAsync();
        return (process.ExitCode, output.ToArray(), await errors);
    }
}
