namespace Containerize.Base.Maker;

/// <summary>Why the base cannot be made, for whoever builds Containerize.</summary>
public sealed class MakingFailed(string message) : Exception(message);
