using Containerize.Package.Tests.Publishing;
using Containerize.Testing;

namespace Containerize.Package.Tests;

/// <summary>A project with all settings: what each means is in the image's documents.</summary>
public sealed class SettingEverything(SettingEverything.Published published) : IClassFixture<SettingEverything.Published>
{
    public sealed class Published : Workspace
    {
        public Published()
        {
            var project = Copy("WebApi");
            Write("WebApi/extra/readme.txt", "extra\n");
            Write("WebApi/extra/run.sh", "#!/bin/sh\n");
            var file = System.IO.Path.Combine(project, "WebApi.csproj");
            File.WriteAllText(file, File.ReadAllText(file).Replace("</Project>", $"""
                  <PropertyGroup>
                    <ContainerRepository>team/web</ContainerRepository>
                    <ContainerImageTags>1.2.3;latest</ContainerImageTags>
                    <ContainerLayoutOutputPath>{this["layout"]}</ContainerLayoutOutputPath>
                    <ContainerWorkingDirectory>/srv</ContainerWorkingDirectory>
                    <ContainerUser>2000:3000</ContainerUser>
                    <ContainerAppCommandInstruction>Entrypoint</ContainerAppCommandInstruction>
                    <ContainerStopSignal>SIGQUIT</ContainerStopSignal>
                    <ContainerHealthcheckInterval>30s</ContainerHealthcheckInterval>
                    <ContainerHealthcheckTimeout>1m30s</ContainerHealthcheckTimeout>
                    <ContainerHealthcheckStartPeriod>5s</ContainerHealthcheckStartPeriod>
                    <ContainerHealthcheckRetries>4</ContainerHealthcheckRetries>
                    <Version>1.2.3</Version>
                    <Description>All: of it; really</Description>
                    <Authors>A;B</Authors>
                    <ContainerVendor>Vendor</ContainerVendor>
                    <ContainerTitle>Title</ContainerTitle>
                    <PackageLicenseExpression>MIT</PackageLicenseExpression>
                    <PackageProjectUrl>https://example.com/a?b=c</PackageProjectUrl>
                    <ContainerDocumentationUrl>https://example.com/docs</ContainerDocumentationUrl>
                    <ContainerGenerateLabelsImageBaseDigest>false</ContainerGenerateLabelsImageBaseDigest>
                    <SOURCE_DATE_EPOCH>1700000000</SOURCE_DATE_EPOCH>
                  </PropertyGroup>
                  <ItemGroup>
                    <ContainerAppCommandArgs Include="--urls;http://+:9000" />
                    <ContainerDefaultArgs Include="--verbose" />
                    <ContainerEnvironmentVariable Include="ASPNETCORE_URLS" Value="http://+:9000;https://+:9443" />
                    <ContainerEnvironmentVariable Include="EMPTY" Value="" />
                    <ContainerEnvironmentVariable Include="ODD" Value="a=b:c%3Bd 'e' &quot;f&quot; $g" />
                    <ContainerLabel Include="com.example.url" Value="https://example.com:8080/x" />
                    <ContainerPort Include="7000" Type="udp" />
                    <ContainerPort Include="7001" />
                    <ContainerVolume Include="/data;/logs" />
                    <ContainerHealthcheckCommand Include="/srv/WebApi;--health" />
                    <ContainerAnnotation Include="com.example.a" Value="both" />
                    <ContainerAnnotation Include="com.example.m" Value="manifest" Scope="Manifest" />
                    <ContainerAnnotation Include="com.example.i" Value="index" Scope="Index" />
                    <ContainerFile Include="extra" TargetPath="/opt/extra" Owner="1654:1654" Mode="640" />
                    <ContainerFile Include="extra/readme.txt" TargetPath="/etc/web/" />
                    <ContainerWritableDirectory Include="state" />
                    <ContainerWritableDirectory Include="/var/cache/web" Owner="app" Mode="700" />
                  </ItemGroup>
                </Project>
                """, StringComparison.Ordinal));
            Result = Publish(project);
        }

        public PublishResult Result { get; }

        public LayoutImage Image => Result.Image.Read();
    }

    [Fact]
    public void IsWrittenInTheConfiguration()
    {
        var config = published.Image.Config;
        var settings = config["config"]!.AsObject();
        var labels = settings["Labels"]!.AsObject();
        // Of the SDK and of the package under test; every other value is the project's own.
        foreach (var moving in new[] { "net.dot.sdk.version", "net.dot.runtime.majorminor", "org.opencontainers.image.base.name" })
        {
            if (labels.ContainsKey(moving))
            {
                labels[moving] = "*";
            }
        }

        var environment = settings["Env"]!.AsArray();
        for (var i = 0; i < environment.Count; i++)
        {
            var name = environment[i]!.GetValue<string>().Split('=')[0];
            if (name is "DOTNET_VERSION" or "ASPNET_VERSION")
            {
                environment[i] = name + "=*";
            }
        }

        Verify.Text($"created {config["created"]}\narchitecture {config["architecture"]}\nos {config["os"]}\n{LayoutImage.Text(settings)}");
    }

    [Fact]
    public void AnnotatesTheManifest() =>
        Assert.Equal("""{"com.example.a":"both","com.example.m":"manifest"}""", published.Image.Manifest["annotations"]!.ToJsonString());

    [Fact]
    public void PutsFilesWhereTheyWereAskedFor()
    {
        var layers = published.Image;
        Verify.Text(layers.Dump(layers.NamedLayers["files"]) + "\n" + layers.Dump(layers.NamedLayers["writable-directories"]));
    }

    [Fact]
    public void NamesAllTags() => Assert.Equal("team/web:1.2.3;team/web:latest", published.Result.Image.Metadata["References"]);
}
