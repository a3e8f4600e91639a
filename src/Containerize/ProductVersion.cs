using System.Reflection;

namespace Containerize;

/// <summary>The version of this product; package, tool and embedded base have the same one.</summary>
public static class ProductVersion
{
    /// <summary>The version, without build metadata: <c>0.1.0</c>.</summary>
    public static string Current { get; } =
        (typeof(ProductVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0").Split('+')[0];
}
