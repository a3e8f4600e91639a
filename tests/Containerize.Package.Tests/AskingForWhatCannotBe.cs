using System.Text.RegularExpressions;
using Containerize.Package.Tests.Publishing;
using Containerize.Testing;

namespace Containerize.Package.Tests;

/// <summary>Wrong settings, bases, destinations and publish folders: each gives one error that says what to do, and no image.</summary>
public sealed partial class AskingForWhatCannotBe(AskingForWhatCannotBe.Asked asked) : IClassFixture<AskingForWhatCannotBe.Asked>
{
    public sealed class Asked : Workspace
    {
        public Asked()
        {
            var project = Copy("HelloConsole");
            Publish(project).Image.Digest.ToString();
            ImagesBefore = Images();
            Write("garbage.tar", "this is not a tar");
            Directory.CreateDirectory(this["empty"]);
            Write("HelloConsole/extra.txt", "extra");
            var cases = new Cases(this, this["HelloConsole/HelloConsole.csproj"]);
            Settings(cases);
            Files(cases);
            Bases(cases);
            Destinations(cases);
            PublishFolders(cases);
            Said = cases.Run();
        }

        public IReadOnlyDictionary<string, string> Said { get; }

        public string ImagesBefore { get; }

        public string Images() => File.ReadAllText(Path_("data/images/index.json"));

        private string Path_(string relative) => System.IO.Path.Combine(Root, relative);

        private static void Settings(Cases cases)
        {
            cases.Property("format", "ContainerImageFormat", "squashfs");
            cases.Property("compression", "ContainerCompression", "lzma");
            cases.Add("zstd-docker", "<PropertyGroup><ContainerCompression>zstd</ContainerCompression><ContainerImageFormat>Docker</ContainerImageFormat></PropertyGroup>");
            cases.Property("workdir-relative", "ContainerWorkingDirectory", "app");
            cases.Property("instruction", "ContainerAppCommandInstruction", "Sometimes");
            cases.Item("entrypoint-args-alone", "ContainerEntrypointArgs Include=\"x\"");
            cases.Add("two-entrypoints", "<PropertyGroup><ContainerAppCommandInstruction>Entrypoint</ContainerAppCommandInstruction></PropertyGroup><ItemGroup><ContainerEntrypoint Include=\"x\" /></ItemGroup>");
            cases.Item("variable-digit", "ContainerEnvironmentVariable Include=\"1A\" Value=\"x\"");
            cases.Item("variable-space", "ContainerEnvironmentVariable Include=\"A B\" Value=\"x\"");
            cases.Item("port-zero", "ContainerPort Include=\"0\"");
            cases.Item("port-large", "ContainerPort Include=\"70000\"");
            cases.Item("port-name", "ContainerPort Include=\"http\"");
            cases.Item("port-type", "ContainerPort Include=\"80\" Type=\"icmp\"");
            cases.Item("volume", "ContainerVolume Include=\"/a/../../b\"");
            cases.Property("signal", "ContainerStopSignal", "please");
            cases.Add("two-checks", "<PropertyGroup><ContainerHealthcheck>true</ContainerHealthcheck></PropertyGroup><ItemGroup><ContainerHealthcheckCommand Include=\"/app/x\" /></ItemGroup>");
            cases.Property("times-without-check", "ContainerHealthcheckInterval", "30s");
            cases.Add("check-time", "<PropertyGroup><ContainerHealthcheck>true</ContainerHealthcheck><ContainerHealthcheckInterval>soon</ContainerHealthcheckInterval></PropertyGroup>");
            cases.Add("check-retries", "<PropertyGroup><ContainerHealthcheck>true</ContainerHealthcheck><ContainerHealthcheckRetries>many</ContainerHealthcheckRetries></PropertyGroup>");
            cases.Item("annotation-scope", "ContainerAnnotation Include=\"a\" Value=\"b\" Scope=\"Everywhere\"");
            cases.Property("epoch", "SOURCE_DATE_EPOCH", "yesterday");
            cases.Property("labels-flag", "ContainerGenerateLabels", "perhaps");
            cases.Property("tag", "ContainerImageTag", "-x");
            cases.Property("tags", "ContainerImageTags", "good;not/good");
            cases.Add("tag-and-tags", "<PropertyGroup><ContainerImageTag>a</ContainerImageTag><ContainerImageTags>b;c</ContainerImageTags></PropertyGroup>");
            cases.Property("repository", "ContainerRepository", "a//b");
        }

        private static void Files(Cases cases)
        {
            cases.Item("file-absent", "ContainerFile Include=\"nowhere.txt\" TargetPath=\"/etc/x\"");
            cases.Item("file-no-target", "ContainerFile Include=\"extra.txt\"");
            cases.Item("file-mode", "ContainerFile Include=\"extra.txt\" TargetPath=\"/etc/x\" Mode=\"rw\"");
            cases.Item("file-owner", "ContainerFile Include=\"extra.txt\" TargetPath=\"/etc/x\" Owner=\"somebody\"");
            cases.Item("file-above-root", "ContainerFile Include=\"extra.txt\" TargetPath=\"/../x\"");
            cases.Item("file-over-app", "ContainerFile Include=\"extra.txt\" TargetPath=\"/app/HelloConsole.dll\"");
            cases.Add("file-twice", "<ItemGroup><ContainerFile Include=\"extra.txt\" TargetPath=\"/etc/x\" /><ContainerFile Include=\"Program.cs\" TargetPath=\"/etc/x\" /></ItemGroup>");
            cases.Item("file-whiteout", "ContainerFile Include=\"extra.txt\" TargetPath=\"/etc/.wh.passwd\"");
            cases.Item("directory-owner", "ContainerWritableDirectory Include=\"/data\" Owner=\"somebody\"");
        }

        private void Bases(Cases cases)
        {
            cases.Property("base-layout-absent", "ContainerBaseImage", $"oci:{this["nowhere"]}");
            cases.Property("base-layout-empty", "ContainerBaseImage", $"oci:{this["empty"]}");
            cases.Property("base-archive-absent", "ContainerBaseImage", $"docker-archive:{this["nowhere.tar"]}");
            cases.Property("base-archive-garbage", "ContainerBaseImage", $"oci-archive:{this["garbage.tar"]}");
            cases.Property("base-no-path", "ContainerBaseImage", "oci:");
            cases.Property("base-name", "ContainerBaseImage", "Not A Name");
        }

        private void Destinations(Cases cases)
        {
            cases.Property("engine", "LocalRegistry", "Rocket");
            cases.Add("layout-of-docker", $"<PropertyGroup><ContainerLayoutOutputPath>{this["nowhere"]}</ContainerLayoutOutputPath><ContainerImageFormat>Docker</ContainerImageFormat></PropertyGroup>");
            cases.Property("layout-is-file", "ContainerLayoutOutputPath", this["garbage.tar"]);
            cases.Property("layout-unwritable", "ContainerLayoutOutputPath", "/proc/nowhere");
            cases.Property("archive-unwritable", "ContainerArchiveOutputPath", "/proc/nowhere/a.tar");
            cases.Property("archive-below-file", "ContainerArchiveOutputPath", this["garbage.tar/a.tar"]);
        }

        private void PublishFolders(Cases cases)
        {
            Folder("fifo", "mkfifo 'pipe'");
            Folder("link-out", "ln -s ../../../etc/passwd link");
            Folder("link-absolute", "ln -s /etc/passwd link");
            Folder("link-loop", "ln -s b a; ln -s a b");
            Folder("whiteout", "touch .wh.important");
            Folder("not-utf8", @"touch ""$(printf 'bad\377name')""");
            Folder("backslash", @"touch 'back\slash'");
            // Publish itself has just written there, so it is a target of the project that takes all away again.
            cases.Add("published-nothing", Emptied("nothing", ""));
            cases.Add("published-empty-folders", Emptied("empty-folders", "<MakeDir Directories=\"$(PublishDir)a/b\" />"));

            string Emptied(string name, string then) => $"""
                <PropertyGroup><PublishDir>{this[$"out/{name}/"]}</PublishDir></PropertyGroup>
                <Target Name="Empty" AfterTargets="Publish"><RemoveDir Directories="$(PublishDir)" />{then}</Target>
                """;

            void Folder(string name, string script)
            {
                Directory.CreateDirectory(this["out/" + name]);
                Shell.RunIn(this["out/" + name], null, "bash", "-c", script).Succeeded();
                cases.Property("published-" + name, "PublishDir", this[$"out/{name}/"]);
            }
        }
    }

    [Fact]
    public void GivesOneErrorEachThatSaysWhatToDo()
    {
        var lines = asked.Said.Select(c => $"{c.Key}\n  {string.Join("\n  ", Errors(c.Value))}");
        Verify.Text(TemporaryName().Replace(string.Join("\n", lines).Replace(asked.Path, "~", StringComparison.Ordinal), ".tmp-*"));
    }

    [Fact]
    public void GivesOneCodeOfOurOwn()
    {
        var wrong = asked.Said
            .Where(c => Errors(c.Value) is not [var one] || !OurError().IsMatch(one) || one.Contains("CTZ9001", StringComparison.Ordinal))
            .Select(c => $"{c.Key}:\n{c.Value}")
            .ToList();
        Assert.True(wrong.Count == 0, string.Join("\n", wrong));
    }

    [Fact]
    public void ShowsNoStack() => Assert.All(asked.Said, c => Assert.DoesNotMatch(@"(?m)^\s+at [A-Z]\w+\.|MSB4018", c.Value));

    [Fact]
    public void LeavesTheLocalImagesAsTheyWere() => Assert.Equal(asked.ImagesBefore, asked.Images());

    [Fact]
    public void LeavesNothingHalf()
    {
        Assert.Equal("this is not a tar", File.ReadAllText(asked["garbage.tar"]));
        Assert.Empty(Directory.EnumerateFileSystemEntries(asked["empty"]));
    }

    private static List<string> Errors(string said) =>
        [.. said.Split('\n').Select(l => ErrorLine().Match(l)).Where(m => m.Success).Select(m => m.Groups["text"].Value.Trim()).Distinct()];

    [GeneratedRegex(@"\b(?<text>error [A-Z]+[0-9]+:.*?)( \[[^\[\]]+\])?$")]
    private static partial Regex ErrorLine();

    [GeneratedRegex(@"\.tmp-[0-9]+-[a-z0-9.]+")]
    private static partial Regex TemporaryName();

    [GeneratedRegex(@"^error CTZ[0-9]{4}: .+: .+\. .+")]
    private static partial Regex OurError();
}
