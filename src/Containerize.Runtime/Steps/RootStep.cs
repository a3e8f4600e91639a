
namespace Containerize.Runtime.Steps;

/// <summary>One step in making the root filesystem, named in the error if it fails.</summary>
internal static class RootStep
{
    /// <summary>CTZ6003: the container's root filesystem cannot be made.</summary>
    public const int Number = 6003;

    /// <summary>Takes a step.</summary>
    /// <param name="doing">What is being done to which path.</param>
    /// <param name="next">What the reader can do when it fails.</param>
    /// <param name="step">The step.</param>
    public static void Take(string doing, string next, Action step)
    {
        try
        {
            step();
        }
        catch (SyscallException exception)
        {
            throw Failure.Of(Number, doing, exception.Message, next, exception);
        }
        catch (ArgumentException exception)
        {
            // A name with a NUL in it.
            throw Failure.Of(Number, doing, exception.Message, next, exception);
        }
    }

    /// <summary>What is refused, whatever the kernel would say.</summary>
    public static ContainerizeException Refusal(string doing, string why, string next) => Failure.Of(Number, doing, why, next);
}
