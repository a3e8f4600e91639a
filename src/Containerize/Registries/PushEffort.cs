namespace Containerize.Registries;

/// <summary>How much of what a registry says is believed in a push.</summary>
internal enum PushEffort
{
    /// <summary>What its tags need is there, and so is what it says is there.</summary>
    Trusting,

    /// <summary>Each blob is asked for.</summary>
    Asking,

    /// <summary>Each blob is sent.</summary>
    Sending,
}
