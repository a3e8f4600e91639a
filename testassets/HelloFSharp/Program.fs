printfn "Hello from F# in a container!"
