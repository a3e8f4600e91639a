using Xunit;

namespace Containerize.Tool.Tests.Containers;

/// <summary><c>diff</c>: what a container changed, in docker's lines.</summary>
public sealed class LookingAtChanges(LocalMachine machine) : IClassFixture<LocalMachine>
{
    [SkippableFact]
    public async Task EachIsALine()
    {
        LocalMachine.Require();
        await machine.RunAsync(
            "run", "--name", "changer", "--network", "none", "--init", LocalMachine.Image, "sh", "-c",
            """
            echo more >> /etc/group
            echo new > /etc/new
            mkdir -p /made/below && touch /made/below/file
            /bin/busybox rm /bin/seq
            /bin/busybox rm -r /root && touch /root
            /bin/busybox chmod 700 /tmp
            touch -c /bin/busybox
            echo in the volume > /kept/file
            """);
        Assert.Equal(
            """
            C /bin
            C /bin/busybox
            D /bin/seq
            C /etc
            C /etc/group
            A /etc/new
            A /made
            A /made/below
            A /made/below/file
            C /root
            C /tmp

            """.ReplaceLineEndings("\n"),
            (await machine.RunAsync("diff", "changer")).Succeeded());
    }

    [SkippableFact]
    public async Task WhatTheEngineMadeIsNone()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "--name", "idle", "--network", "none", LocalMachine.Image, "true");
        Assert.Equal("", (await machine.RunAsync("diff", "idle")).Succeeded());
    }

    [SkippableFact]
    public async Task ADirectoryInAnothersPlaceHidesWhatWasInThat()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "-d", "--name", "replacer", "--network", "none", LocalMachine.Image, "sh", "-c", "/bin/busybox rm -r /etc; /bin/busybox mkdir /etc; echo x > /etc/passwd; while :; do sleep 1; done");
        var found = "";
        await LocalMachine.UntilAsync(async () => (found = (await machine.RunAsync("diff", "replacer")).Output).Contains("passwd", StringComparison.Ordinal));
        // The files that are mounted there cannot be removed, and so neither can the directory: of what was in it the rest has gone.
        Assert.Equal("C /etc\nD /etc/group\nC /etc/passwd\n", found);
    }

    [SkippableFact]
    public async Task ProgramsReadItAsJson()
    {
        LocalMachine.Require();
        await machine.RunAsync("run", "--name", "json", "--network", "none", LocalMachine.Image, "sh", "-c", "echo x > /file; /bin/busybox rm /bin/yes");
        Assert.Equal(
            """
            [
              {
                "Path": "/bin",
                "Kind": 0
              },
              {
                "Path": "/bin/yes",
                "Kind": 2
              },
              {
                "Path": "/file",
                "Kind": 1
              }
            ]

            """.ReplaceLineEndings("\n"),
            (await machine.RunAsync("diff", "--format", "json", "json")).Succeeded());
    }
}
