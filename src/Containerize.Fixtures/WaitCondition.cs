namespace Containerize.Testing;

/// <summary>Something that is so when a container can be used; <see cref="WaitFor"/> has them all.</summary>
public abstract class WaitCondition
{
    private protected WaitCondition()
    {
    }

    /// <summary>Begins to look, before the container starts.</summary>
    /// <param name="container">The container.</param>
    internal abstract ConditionCheck Begin(StartedContainer container);
}
