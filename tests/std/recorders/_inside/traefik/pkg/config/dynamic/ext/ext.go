// Package ext stands for a module that is not published with Traefik: what it adds to routers is no matter here.
package ext

type HTTP struct{}

type Router struct{}
