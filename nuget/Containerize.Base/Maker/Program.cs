using Containerize;
using Containerize.Base.Maker;

// make RID --output FOLDER --repository FOLDER --downloads FOLDER      the contents of Containerize.Base.RID
// update --repository FOLDER --downloads FOLDER                        moves debian.lock.json to the newest packages
try
{
    var options = args.Skip(args is ["make", ..] ? 2 : 1).Chunk(2).Where(c => c.Length == 2).ToDictionary(c => c[0], c => Path.GetFullPath(c[1]));
    var making = new BaseMaking(Option("--repository"), Option("--downloads"), Console.Out);
    switch (args)
    {
        case ["make", var runtimeIdentifier, ..]:
            await making.MakeAsync(runtimeIdentifier, Option("--output"), CancellationToken.None);
            return 0;
        case ["update", ..]:
            making.Update();
            return 0;
        default:
            throw new MakingFailed("make or update is expected as the first argument.");
    }

    string Option(string name) => options.GetValueOrDefault(name) ?? throw new MakingFailed($"The option {name} is missing.");
}
catch (Exception e) when (e is MakingFailed or ContainerizeException or IOException or UnauthorizedAccessException)
{
    // MSBuild's canonical form, so that the reason is what the build shows.
    Console.Error.WriteLine($"Containerize.Base : error BASE0001: {e.Message.ReplaceLineEndings(" ")}");
    return 1;
}
