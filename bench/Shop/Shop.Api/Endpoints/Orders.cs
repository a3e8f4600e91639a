using FluentValidation;
using NodaTime;
using Shop.Domain;

namespace Shop.Api.Endpoints;

internal sealed record Order(string Name, int Count);

internal sealed class OrderRules : AbstractValidator<Order>
{
    public OrderRules()
    {
        RuleFor(o => o.Name).Must(n => Prices.Of(n) is not null);
        RuleFor(o => o.Count).InclusiveBetween(1, 100);
    }
}

internal static class Orders
{
    internal static void MapOrders(this IEndpointRouteBuilder app) =>
        app.MapPost("/orders", (Order order) => new OrderRules().Validate(order) is { IsValid: false } wrong
            ? Results.ValidationProblem(wrong.ToDictionary())
            : Results.Ok(new { order.Name, Total = order.Count * Prices.Of(order.Name), At = SystemClock.Instance.GetCurrentInstant().ToUnixTimeSeconds() }));
}
