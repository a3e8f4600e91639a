namespace Containerize.Testing.Waiting;

/// <summary>An end without an error.</summary>
internal sealed class ExitCondition : WaitCondition
{
    internal override ConditionCheck Begin(StartedContainer container) => _ => Task.FromResult(container.ExitCode == 0 ? null : "it has not ended with exit code 0");
}
