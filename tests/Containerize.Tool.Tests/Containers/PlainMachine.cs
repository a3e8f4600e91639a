using Containerize.Testing;

namespace Containerize.Tool.Tests.Containers;

/// <summary>A plain user's local engine. The machine's files stay as they are: who the user is, and what ids he has, is said by files of ours in a mount namespace.</summary>
public class PlainMachine : LocalMachine
{
    private const int Uid = 54321;
    private const string Devices = "mknod -m 666 \"$1/fuse\" c 10 229 && mknod -m 666 \"$1/tun\" c 10 200";

    /// <summary>What the user has beside his own id.</summary>
    private protected virtual string Ranges => $"{Uid}:3000000:65536\n";

    /// <inheritdoc />
    private protected override IReadOnlyList<string> Programs => ["setpriv", "unshare", "newuidmap"];

    /// <inheritdoc />
    private protected override async Task<string> ScriptAsync(string runtime)
    {
        foreach (var folder in (string[])["home", "root", "files", "files/tool", "files/dotnet", "files/runtime"])
        {
            Directory.CreateDirectory(Path.Combine(Folder, folder));
        }

        Write("files/passwd", $"root:x:0:0:root:/root:/bin/sh\nplain:x:{Uid}:{Uid}:plain:{Folder}/home:/bin/sh\n");
        Write("files/group", $"root:x:0:\nplain:x:{Uid}:\n");
        Write("files/subuid", Ranges);
        Write("files/subgid", Ranges);
        (await ToolRunner.RunAsync("sh", "-c", $"chmod 755 \"$1\" && chown {Uid}:{Uid} \"$1/home\" \"$1/root\" && chmod -R a+rX \"$1/layout\" && cd \"$1/files\" && set -- . && {Devices}", "sh", Folder)).Succeeded();
        var dotnet = Path.GetDirectoryName(new FileInfo(ToolRunner.Find("dotnet")!).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? ToolRunner.Find("dotnet")!)!;
        // Ours may lie where only root comes.
        return $"""
            #!/bin/sh
            exec unshare --mount --propagation private sh -ec '
                cd "$0"
                for name in passwd group subuid subgid; do mount --bind "$name" "/etc/$name"; done
                for name in fuse net/tun; do test ! -e "/dev/$name" || mount --bind "$(basename "$name")" "/dev/$name"; done
                mount --bind "{ToolFolder}" tool
                mount --bind "{dotnet}" dotnet
                mount --bind "{Path.GetDirectoryName(runtime)}" runtime
                cd "$0/../home"
                exec setpriv --reuid={Uid} --regid={Uid} --clear-groups env -u XDG_RUNTIME_DIR HOME="$PWD" USER=plain DOTNET_ROOT="$0/dotnet" \
                    CONTAINERIZE_ROOT="{Root}" CONTAINERIZE_RUNTIME="$0/runtime/containerize-runtime" "$0/dotnet/dotnet" "$0/tool/dotnet-containerize.dll" "$@"
            ' '{Folder}/files' "$@"

            """;
    }
}
