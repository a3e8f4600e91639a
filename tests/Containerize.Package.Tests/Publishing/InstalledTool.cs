namespace Containerize.Package.Tests.Publishing;

/// <summary>The packed tool as a user installs it, once for the whole run.</summary>
public static class InstalledTool
{
    private static readonly Lazy<string> Once = new(Install);

    /// <summary>The program.</summary>
    public static string Path => Once.Value;

    private static string Install()
    {
        var workspace = new Workspace();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => workspace.Dispose();
        var folder = workspace["tool"];
        workspace.Dotnet(workspace.Path, null, "tool", "install", "dotnet-containerize", "--tool-path", folder, "--version", workspace.Product.Version).Succeeded();
        return System.IO.Path.Combine(folder, "dotnet-containerize");
    }
}
