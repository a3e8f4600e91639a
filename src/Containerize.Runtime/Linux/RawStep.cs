namespace Containerize.Runtime.Linux;

/// <summary>What a <see cref="RawChild"/> was doing when it failed; it has no words of its own.</summary>
internal enum RawStep
{
    /// <summary>Joining one of the namespaces.</summary>
    Join = 1,

    /// <summary>Making a user namespace.</summary>
    UnshareUser,

    /// <summary>Making a time namespace.</summary>
    UnshareTime,

    /// <summary>Making the second child, in its namespaces.</summary>
    SecondClone,

    /// <summary>Beginning a session.</summary>
    NewSession,

    /// <summary>Becoming user and group 0 of the user namespace.</summary>
    BecomeRoot,

    /// <summary>Executing ourselves.</summary>
    Execute,
}
