namespace Containerize.Containers;

/// <summary>A container of this machine as it is now.</summary>
/// <param name="Record">What it was made of.</param>
/// <param name="Plan">What its monitor does.</param>
/// <param name="Status">How it is.</param>
/// <param name="Paths">Where its files are.</param>
/// <param name="IsMonitored">Whether its monitor lives.</param>
public sealed record LocalContainer(StoredContainer Record, ContainerPlan Plan, ContainerStatus Status, ContainerPaths Paths, bool IsMonitored)
{
    /// <summary>Its name.</summary>
    public string Name => Record.Name;

    /// <summary>Its id.</summary>
    public string Id => Record.Id;

    /// <summary>Whether it has processes.</summary>
    public bool IsRunning => Status.Status is "running" or "paused";
}
