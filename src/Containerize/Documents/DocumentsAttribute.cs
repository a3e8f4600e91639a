namespace Containerize.Documents;

/// <summary>Has the reading and writing of documents generated into the class (Containerize.DocumentGenerator).</summary>
/// <param name="types">The documents' types; those of their properties follow.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class DocumentsAttribute(params Type[] types) : Attribute
{
    /// <summary>The documents' types.</summary>
    public Type[] Types { get; } = types;
}
