using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using Containerize.Layers.Compression;

// Compression [rounds] [file]: medians of interleaved rounds; the input is a file, or else about 30 MB of the shared frameworks.
var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 5;
var input = args.Length > 1 ? File.ReadAllBytes(args[1]) : SharedFrameworks();

(string Name, Func<Stream, Stream> Create)[] writers =
[
    ("GZipStream Optimal", output => new GZipStream(output, CompressionLevel.Optimal, leaveOpen: true)),
    ("GZipStream Fastest", output => new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true)),
    ("GzipWriter 1 thread", output => new GzipWriter(output, threads: 1)),
    ("GzipWriter 2 threads", output => new GzipWriter(output, threads: 2)),
    ("ZstdWriter", output => new ZstdWriter(output)),
];

var times = writers.Select(_ => new List<double>()).ToArray();
var sizes = new long[writers.Length];
for (var round = -1; round < rounds; round++)
{
    for (var i = 0; i < writers.Length; i++)
    {
        using var output = new MemoryStream(input.Length);
        var watch = Stopwatch.StartNew();
        using (var writer = writers[i].Create(output))
        {
            for (var at = 0; at < input.Length; at += 81920)
            {
                writer.Write(input.AsSpan(at, Math.Min(81920, input.Length - at)));
            }
        }

        // Round -1 is the warm-up.
        if (round >= 0)
        {
            times[i].Add(watch.Elapsed.TotalMilliseconds);
        }

        sizes[i] = output.Length;
    }
}

Console.WriteLine($"{input.Length} bytes, {rounds} rounds, .NET {Environment.Version}, {RuntimeInformation.ProcessArchitecture}");
Console.WriteLine($"{"",-22} {"ms",8} {"MB/s",7} {"time",7} {"bytes",11} {"ratio",7} {"size",7}");
for (var i = 0; i < writers.Length; i++)
{
    var median = Median(times[i]);
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{writers[i].Name,-22} {median,8:F1} {input.Length / median / 1000,7:F1} {median / Median(times[0]),6:F3}x {sizes[i],11} {(double)sizes[i] / input.Length,7:F4} {(double)sizes[i] / sizes[0],6:F4}x"));
}

static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

static byte[] SharedFrameworks()
{
    var core = RuntimeEnvironment.GetRuntimeDirectory();
    var web = core.Replace("Microsoft.NETCore.App", "Microsoft.AspNetCore.App", StringComparison.Ordinal);
    var files = Directory.EnumerateFiles(web, "*.dll").Concat(Directory.EnumerateFiles(core, "System.[A-M]*.dll")).Order(StringComparer.Ordinal);
    using var tar = new MemoryStream();
    using (var writer = new System.Formats.Tar.TarWriter(tar, System.Formats.Tar.TarEntryFormat.Ustar, leaveOpen: true))
    {
        foreach (var file in files.Take(150))
        {
            writer.WriteEntry(file, Path.GetFileName(file));
        }
    }

    return tar.ToArray();
}
