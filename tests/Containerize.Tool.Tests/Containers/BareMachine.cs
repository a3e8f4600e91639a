namespace Containerize.Tool.Tests.Containers;

/// <summary>The local engine of a plain user who has no id beside his own.</summary>
public sealed class BareMachine : PlainMachine
{
    /// <inheritdoc />
    public override bool HasUsers => false;

    private protected override string Ranges => "";
}
