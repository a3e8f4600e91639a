namespace Containerize.Registries.Credentials;

/// <summary>A password or token: its text is <c>***</c>, so that no log, message or dump has it.</summary>
public sealed class Secret(string value)
{
    /// <summary>The secret itself, for the one place that sends it.</summary>
    public string Reveal() => value;

    /// <inheritdoc />
    public override string ToString() => "***";
}
