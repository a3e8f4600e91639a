using System.CommandLine;
using System.Text.Json;
using Containerize.Containers;
using Containerize.Storage;
using Containerize.Tool.Containers;
using Containerize.Tool.Reports;

namespace Containerize.Tool.Commands;

/// <summary><c>network</c>: named networks, in which containers reach each other by name.</summary>
internal static class NetworkCommand
{
    internal static Command Create(Terminal terminal) => new("network", "Named networks, in which containers reach each other by name.")
    {
        Add(terminal), List(terminal), Remove(terminal), Inspect(terminal), Prune(terminal),
    };

    private static NetworkStore Open(Terminal terminal) => new(StoragePaths.From(terminal.Variable));

    private static Command Add(Terminal terminal)
    {
        var name = new Argument<string>("NAME") { Description = "Its name." };
        var subnet = ContainerOptions.One("--subnet", "10.89.1.0/24", "Its addresses; without it, the first that are free.");
        var gateway = ContainerOptions.One("--gateway", "ADDRESS", "The address that no container gets.");
        var isInternal = ContainerOptions.Flag("--internal", "Without a way to the outside.");
        var labels = ContainerOptions.Several("--label", "NAME=VALUE", "A label.");
        var driver = ContainerOptions.One("--driver", "bridge", "Accepted: all are bridges.", "-d");
        var command = new Command("create", "Makes a network.") { name, subnet, gateway, isInternal, labels, driver };
        command.SetAction(async (parsed, token) =>
        {
            var network = await Open(terminal).CreateAsync(
                new NetworkDescription
                {
                    Name = parsed.GetValue(name)!,
                    Subnet = parsed.GetValue(subnet) is { } text ? Subnet(text) : "",
                    Gateway = parsed.GetValue(gateway) is { } address ? Gateway(address) : null,
                    Internal = parsed.GetValue(isInternal),
                    Labels = ContainerOptions.Pairs("--label", ContainerOptions.Values(parsed, labels)),
                },
                token);
            terminal.Out.WriteLine(network.Name);
            return 0;
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var quiet = ContainerOptions.Flag("--quiet", "Names only.", "-q");
        var command = new Command("ls", "Lists the networks.") { quiet };
        command.Aliases.Add("list");
        command.SetAction(parsed =>
        {
            var table = new TextTable("NAME", "DRIVER", "SUBNET");
            var networks = Open(terminal).List();
            foreach (var network in networks)
            {
                if (parsed.GetValue(quiet))
                {
                    terminal.Out.WriteLine(network.Name);
                }

                table.Add(network.Name, "bridge", network.Subnet);
            }

            if (!parsed.GetValue(quiet))
            {
                table.Write(terminal.Out, terminal.Style);
            }

            return 0;
        });
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var names = new Argument<string[]>("NAME") { Description = "The networks.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("rm", "Removes networks.") { names };
        command.SetAction((parsed, token) => ContainerCommands.ForEachAsync(parsed.GetValue(names)!, terminal, name =>
        {
            if (Members(terminal, name).FirstOrDefault() is { } member)
            {
                throw new ContainerizeException(5039, $"removing the network '{name}'", $"the container '{member.Name}' has it", "Remove that one first.");
            }

            Open(terminal).Remove(name);
            return Task.FromResult<string?>(name);
        }));
        return command;
    }

    private static Command Inspect(Terminal terminal)
    {
        var names = new Argument<string[]>("NAME") { Description = "The networks.", Arity = ArgumentArity.OneOrMore };
        var format = ContainerOptions.One("--format", "json|TEMPLATE", "How it is shown.", "-f");
        var command = new Command("inspect", "Shows networks and who is in them.") { names, format };
        command.SetAction((parsed, token) => ContainerCommands.ForEachAsync(parsed.GetValue(names)!, terminal, name =>
        {
            var network = Open(terminal).TryRead(name)
                ?? throw new ContainerizeException(5038, $"finding the network '{name}'", "there is none of that name", "See 'dotnet containerize network ls'.");
            var json = Json(network, Members(terminal, name));
            var shape = parsed.GetValue(format);
            return Task.FromResult<string?>(shape is null or FormatOption.Json ? $"[{json.GetRawText()}]" : FieldTemplate.Fill(shape, json));
        }));
        return command;
    }

    private static Command Prune(Terminal terminal)
    {
        var force = ContainerOptions.Flag("--force", "Does not ask.", "-f");
        var command = new Command("prune", "Removes networks that no container has.") { force };
        command.SetAction(parsed =>
        {
            if (!Confirmation.IsGiven(parsed.GetValue(force), terminal, "all networks that no container has"))
            {
                return Failure.Failed;
            }

            var store = Open(terminal);
            foreach (var network in store.List().Where(n => !Members(terminal, n.Name).Any()))
            {
                store.Remove(network.Name);
                terminal.Out.WriteLine(network.Name);
            }

            return 0;
        });
        return command;
    }

    private static IEnumerable<LocalContainer> Members(Terminal terminal, string name) =>
        new ContainerStore(StoragePaths.From(terminal.Variable)).List().Where(c => c.Plan.Network.Name == name);

    private static string Subnet(string text)
    {
        var parts = text.Split('/');
        return parts.Length == 2 && System.Net.IPAddress.TryParse(parts[0], out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            && int.TryParse(parts[1], out var bits) && bits is >= 8 and <= 29
            ? text
            : throw new ContainerizeException(5020, $"reading --subnet {text}", "it is not one of IPv4 with 8 to 29 bits", "Write for example 10.89.1.0/24.");
    }

    private static string Gateway(string text) =>
        System.Net.IPAddress.TryParse(text, out var address) && address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? text
            : throw new ContainerizeException(5020, $"reading --gateway {text}", "it is not an address of IPv4", "Write for example 10.89.1.1.");

    private static JsonElement Json(NetworkDescription network, IEnumerable<LocalContainer> members)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("Name", network.Name);
            json.WriteString("Driver", "bridge");
            json.WriteString("Subnet", network.Subnet);
            json.WriteString("Gateway", network.Gateway ?? "");
            json.WriteBoolean("Internal", network.Internal);
            json.WriteStartObject("Containers");
            foreach (var member in members)
            {
                json.WriteStartObject(member.Id);
                json.WriteString("Name", member.Name);
                json.WriteString("IPv4Address", member.Status.Address ?? "");
                json.WriteEndObject();
            }

            json.WriteEndObject();
            json.WriteStartObject("Labels");
            foreach (var (label, value) in network.Labels ?? new Dictionary<string, string>())
            {
                json.WriteString(label, value);
            }

            json.WriteEndObject();
            json.WriteEndObject();
        }

        return JsonDocument.Parse(buffer.ToArray()).RootElement;
    }
}
