using System.Text;
using Containerize.Images;
using Containerize.Layers;
using Containerize.Oci;
using Containerize.Registries;

namespace Containerize.Tool.Tests;

/// <summary>Small images with everything that a report shows.</summary>
internal static class SampleImages
{
    internal static async Task AddAppAsync(this Shell shell, string name, string content = "program") =>
        await shell.Store.Destination([Reference.Parse(name)]).WriteAsync(await ImageAsync(shell, Platform.LinuxAmd64, content), CancellationToken.None);

    internal static async Task AddIndexAsync(this Shell shell, string name) =>
        await shell.Store.Destination([Reference.Parse(name)]).WriteAsync(
            ImageIndex.Create([await ImageAsync(shell, Platform.LinuxAmd64, "x64"), await ImageAsync(shell, Platform.LinuxArm64, "arm64")]), CancellationToken.None);

    internal static async Task<Image> ImageAsync(Shell shell, Platform platform, string content)
    {
        var builder = new LayerBuilder(new LayerCache(Path.Combine(shell.Paths.Cache, "layers")), 1);
        async Task<Layer> LayerAsync(string name, string path, int size) => await builder.BuildAsync(
            LayerSpec.Create(name, [new LayerEntry
            {
                Path = path,
                Kind = LayerEntryKind.File,
                Mode = EntryMode.File,
                Content = new InlineContent(Noise(path + content, size), "a test"),
            }]),
            LayerCompression.None);
        return Image.Create(
            new ImageConfig
            {
                Os = platform.Os,
                Architecture = platform.Architecture,
                Config = new ContainerConfig
                {
                    User = "1654",
                    WorkingDir = "/app",
                    Entrypoint = ["dotnet", "/app/My App.dll"],
                    Cmd = ["--urls", "http://*:8080"],
                    Env = ["PATH=/usr/bin", "DOTNET_RUNNING_IN_CONTAINER=true"],
                    ExposedPorts = new() { ["8080/tcp"] = new EmptyObject() },
                    Volumes = new() { ["/data"] = new EmptyObject() },
                    Labels = new() { ["org.opencontainers.image.version"] = "1.0", ["hostile"] = "\u001b[31mred\nline" },
                    StopSignal = "SIGTERM",
                    Healthcheck = new Healthcheck { Test = ["CMD", "/app/check"], Interval = 30_000_000_000, Retries = 3 },
                },
                History =
                [
                    new History { CreatedBy = "/bin/sh -c #(nop) ADD file:0123456789abcdef0123456789abcdef in / " },
                    new History { CreatedBy = "ENV A=B", EmptyLayer = true },
                    new History { CreatedBy = "containerize: packages" },
                    new History { CreatedBy = "containerize: app" },
                ],
            },
            [await LayerAsync("os", "etc/os-release", 40_000), await LayerAsync("packages", "app/Package.dll", 9_000), await LayerAsync("app", "app/My App.dll", 120)]);
    }

    // The same on every machine. Layers are not compressed here, so that these snapshots say nothing of the compressor.
    private static byte[] Noise(string seed, int size)
    {
        var bytes = new byte[size];
        var state = Encoding.UTF8.GetBytes(seed).Aggregate(2166136261u, (h, b) => (h ^ b) * 16777619);
        for (var i = 0; i < size; i++)
        {
            state = (state * 1664525) + 1013904223;
            bytes[i] = (byte)(state >> 24);
        }

        return bytes;
    }
}
