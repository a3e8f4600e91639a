using Containerize.Runtime.Linux;
using Containerize.Runtime.Steps;

namespace Containerize.Runtime.Commands;

/// <summary>The socket over which a terminal's master comes: the engine's, or one of our own when we are the engine.</summary>
internal sealed class ConsoleEnds : IDisposable
{
    private readonly Descriptor _childs;
    private readonly Descriptor? _ours;

    private ConsoleEnds(Descriptor childs, Descriptor? ours)
    {
        _childs = childs;
        _ours = ours;
    }

    /// <summary>The end that init is given.</summary>
    public int Childs => _childs.Number;

    /// <summary>What fits the options and the configuration; null where there is no terminal. CTZ6007 where they do not fit each other.</summary>
    /// <param name="options">The command's options.</param>
    /// <param name="terminal">Whether the process has a terminal.</param>
    /// <param name="detached">Whether the command does not wait for it.</param>
    public static ConsoleEnds? Make(Options options, bool terminal, bool detached)
    {
        var socket = options.Value("console-socket");
        if (!terminal)
        {
            return socket is null ? null : throw Options.Bad(options.Command, "cannot use console socket if containerize-runtime will not detach or allocate tty");
        }

        if (socket is not null)
        {
            return detached ? new ConsoleEnds(Sockets.Connect(socket), null)
                : throw Options.Bad(options.Command, "cannot use console socket if containerize-runtime will not detach or allocate tty");
        }

        if (detached)
        {
            throw Options.Bad(options.Command, "cannot allocate tty if containerize-runtime will detach without setting console socket");
        }

        var (ours, childs) = Sockets.Pair();
        return new ConsoleEnds(childs, ours);
    }

    /// <summary>The terminal's master, which init has sent; null where the engine has it.</summary>
    public Descriptor? Master() => _ours is null ? null : Terminal.Receive(_ours.Number);

    /// <inheritdoc/>
    public void Dispose()
    {
        _childs.Dispose();
        _ours?.Dispose();
    }
}
