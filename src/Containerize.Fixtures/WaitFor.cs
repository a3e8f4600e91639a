using System.Net;
using System.Text.RegularExpressions;
using Containerize.Testing.Waiting;

namespace Containerize.Testing;

/// <summary>What can be waited for when a container starts.</summary>
public static class WaitFor
{
    /// <summary>That a process in the container listens on a TCP port, published or not.</summary>
    public static WaitCondition Port(int port) => new PortCondition(port);

    /// <summary>That a GET is answered with a status.</summary>
    /// <param name="path">The path: <c>/health</c>.</param>
    /// <param name="status">The status.</param>
    /// <param name="port">One of <see cref="ContainerOptions.Ports"/>; null: the first.</param>
    public static WaitCondition Http(string path, HttpStatusCode status = HttpStatusCode.OK, int? port = null) => new HttpCondition(path, status, port);

    /// <summary>That the health check of the image calls the container healthy; it fails at once where that calls it unhealthy.</summary>
    public static WaitCondition HealthCheck() => new HealthCondition();

    /// <summary>That the container prints a line that matches.</summary>
    public static WaitCondition Log(Regex line) => new LogCondition(line);

    /// <summary>That the container prints a line that matches a regular expression.</summary>
    public static WaitCondition Log(string pattern) => Log(new Regex(pattern, RegexOptions.CultureInvariant));

    /// <summary>That the container has ended with exit code 0, as one does that prepares something for others.</summary>
    public static WaitCondition Exit() => new ExitCondition();
}
