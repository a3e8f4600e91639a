using System.Text;
using Containerize.Runtime.Documents;

namespace Containerize.Runtime.Commands;

/// <summary>`state`.</summary>
internal static class StateCommand
{
    /// <summary>Prints the state of a container.</summary>
    public static int Run(Invocation invocation)
    {
        var options = Options.Read("state", invocation.Words, [], []);
        using var container = Container.Open(invocation.Root, options.Expect(1, 1, "the id of the container")[0], change: false);
        return Output.Write(Encoding.UTF8.GetString(RuntimeDocuments.WriteIndented(container.List())) + "\n");
    }
}
