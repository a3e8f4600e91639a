namespace Containerize.Registries;

/// <summary>A manifest or index as it came.</summary>
/// <param name="MediaType">Its media type.</param>
/// <param name="Bytes">Its bytes.</param>
public sealed record ManifestDocument(string MediaType, byte[] Bytes);
