using Markdig;
using Shop.Domain;

namespace Shop.Api.Endpoints;

internal static class Goods
{
    internal static void MapGoods(this IEndpointRouteBuilder app)
    {
        var goods = app.MapGroup("/goods");
        goods.MapGet("/", () => Prices.Goods);
        goods.MapGet("/{name}", (string name) => Prices.Of(name) is { } cents ? Results.Ok(new { name, cents }) : Results.NotFound());
        goods.MapGet("/{name}/page", (string name) => Results.Content(Markdown.ToHtml($"# {name}"), "text/html"));
    }
}
