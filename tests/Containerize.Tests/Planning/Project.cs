using Containerize.Oci;
using Containerize.Planning;
using Containerize.Testing;

namespace Containerize.Tests.Planning;

/// <summary>A published project as text: files with their origins, properties, items; gives the plan that comes of it.</summary>
internal sealed class Project : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<PublishItem> _items = [];
    private readonly Dictionary<string, string> _properties = new()
    {
        ["AssemblyName"] = "Shop.Api",
        ["TargetFileName"] = "Shop.Api.dll",
        ["ContainerRuntimeIdentifier"] = "linux-x64",
        ["TargetFrameworkIdentifier"] = ".NETCoreApp",
        ["TargetFrameworkVersion"] = "v10.0",
        ["NETCoreSdkVersion"] = "10.0.100",
    };

    private readonly List<SettingItem> _settings = [];

    /// <summary>The base's configuration, at first that of the embedded base, in short.</summary>
    public ImageConfig Base { get; set; } = new()
    {
        Architecture = "amd64",
        Os = "linux",
        Config = new ContainerConfig { User = "1654", Env = ["PATH=/usr/bin", "APP_UID=1654", "ASPNETCORE_HTTP_PORTS=8080"] },
    };

    public string Path => _folder.Path;

    public Project With(string property, string value)
    {
        _properties[property] = value;
        return this;
    }

    public Project Item(string name, string identity, params (string Name, string Value)[] metadata)
    {
        _settings.Add(new SettingItem(name, identity, metadata.ToDictionary(m => m.Name, m => m.Value, StringComparer.OrdinalIgnoreCase)));
        return this;
    }

    /// <summary>A published file: of a package <c>Name/1.0</c>, of a project (<c>project</c>), or the app's.</summary>
    public Project File(string relative, string? origin = null, byte[]? bytes = null)
    {
        _folder.Write("publish/" + relative, bytes ?? "content"u8);
        var package = origin?.Split('/');
        if (origin is not null)
        {
            _items.Add(new PublishItem(relative, package is { Length: 2 } ? package[0] : null, package is { Length: 2 } ? package[1] : null, origin == "project"));
        }

        return this;
    }

    public string Elsewhere(string relative, string text = "content") => _folder.Write("elsewhere/" + relative, text);

    public SettingValues Values() => new(_properties, _settings);

    public ImagePlan Plan()
    {
        var values = Values();
        var project = ProjectFacts.Read(values);
        var settings = ImageSettingsReader.Read(values, project.RuntimeIdentifier);
        var output = PublishOutput.Scan(_folder["publish"], _items, ["Microsoft.NETCore.App.Runtime.linux-x64"]);
        var choice = BaseInference.Choose(settings, project);
        return ImagePlanner.Plan(project, settings, output, new BaseFacts(choice, null, null, Base, DockerFormat: false), "test");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The smallest file that is a program by its content: an ELF header with an interpreter.</summary>
    public static byte[] Program()
    {
        var elf = new byte[64 + 56];
        "\u007fELF"u8.CopyTo(elf);
        (elf[4], elf[5], elf[6]) = (2, 1, 1);
        (elf[16], elf[18], elf[20]) = (3, 62, 1);
        (elf[32], elf[52], elf[54], elf[56]) = (64, 64, 56, 1);
        elf[64] = 3;
        return elf;
    }

    /// <summary>A web app with everything in it.</summary>
    public static Project WebApp() => new Project()
        .File("Shop.Api", bytes: Program())
        .File("Shop.Api.dll")
        .File("Shop.Api.pdb")
        .File("Shop.Api.deps.json")
        .File("Shop.Api.runtimeconfig.json")
        .File("Shop.Api.staticwebassets.endpoints.json")
        .File("appsettings.json")
        .File("wwwroot/index.html")
        .File("Shop.Domain.dll", "project")
        .File("Newtonsoft.Json.dll", "Newtonsoft.Json/13.0.4")
        .File("de/Some.resources.dll", "Some/1.0.0")
        .File("Early.dll", "Early/2.0.0-beta.1")
        .File("System.Private.CoreLib.dll", "Microsoft.NETCore.App.Runtime.linux-x64/10.0.0");
}
