
namespace Containerize.Runtime;

/// <summary>The runtime's failures, numbered 6000 to 6999 in docs/errors.md.</summary>
internal static class Failure
{
    /// <summary>A failure.</summary>
    public static ContainerizeException Of(int number, string doing, string why, string next = "", Exception? inner = null) => new(number, doing, why, next, inner);

    /// <summary>Runs a step, and says which it was when a system call in it fails (CTZ6003).</summary>
    public static void Step(string doing, Action step)
    {
        try
        {
            step();
        }
        catch (SyscallException e)
        {
            throw Of(6003, doing, e.Message, "", e);
        }
        catch (ArgumentException e)
        {
            throw Of(6003, doing, e.Message, "", e);
        }
    }
}
