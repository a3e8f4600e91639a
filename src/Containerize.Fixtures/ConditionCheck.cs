namespace Containerize.Testing;

/// <summary>Looks once whether a condition is so.</summary>
/// <param name="token">Ends it.</param>
/// <returns>Null where it is so; else what is missing, in words: "nothing listens on port 8080".</returns>
internal delegate Task<string?> ConditionCheck(CancellationToken token);
